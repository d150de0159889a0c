import { GatewayError, type JsonObject, type MediaPart, type MediaSource } from '@jackfield/core'
import { decodeText } from '@jackfield/dialect-kit'
import { withLeftover } from '../leftover.ts'
import { anthropicName } from '../names.ts'

/** Media types of images, with the spellings that clients use. */
const imageTypes: Readonly<Record<string, string>> = {
  'image/jpeg': 'image/jpeg',
  'image/jpg': 'image/jpeg',
  'image/png': 'image/png',
  'image/gif': 'image/gif',
  'image/webp': 'image/webp',
}

/**
 * An image or a document for a provider.
 *
 * @throws GatewayError `unsupported_capability` for what the protocol cannot carry: what the user shows to the model is not left out in
 * silence, since another leaf may be able to take it.
 */
export function encodeMedia(part: MediaPart): JsonObject {
  const { source } = part
  switch (part.type) {
    case 'image':
      return withLeftover(encodeImage(part), part.extensions)
    case 'file':
      return source.kind === 'base64' && isImage(source.mediaType)
        ? encodeImage(part)
        : withLeftover(encodeDocument(part), part.extensions)
    case 'audio':
    case 'video':
      throw new GatewayError(
        'unsupported_capability',
        `This provider’s API takes no ${part.type} input.`,
      )
    default:
      return part.type satisfies never
  }
}

function encodeImage({ source }: MediaPart): JsonObject {
  switch (source.kind) {
    case 'base64': {
      const mediaType = imageTypes[source.mediaType.toLowerCase()]
      if (mediaType === undefined) throw cannotTake(`images of the type ${source.mediaType}`)
      return image({ type: 'base64', media_type: mediaType, data: source.data })
    }
    case 'url':
      return image({ type: 'url', url: source.url })
    case 'text':
      return { type: 'text', text: source.text }
    case 'file-id':
      return image(ownFile(source))
    default:
      return source satisfies never
  }
}

function image(source: JsonObject): JsonObject {
  return { type: 'image', source }
}

function encodeDocument({ source, name }: MediaPart): JsonObject {
  const title = name === undefined ? {} : { title: name }
  return { type: 'document', source: documentSource(source), ...title }
}

function documentSource(source: MediaSource): JsonObject {
  switch (source.kind) {
    case 'base64':
      return inlineDocument(source.mediaType, source.data)
    case 'text':
      return { type: 'text', media_type: 'text/plain', data: source.text }
    case 'url':
      return { type: 'url', url: source.url }
    case 'file-id':
      return ownFile(source)
    default:
      return source satisfies never
  }
}

/** PDF is the one binary form; whatever is text by its type is sent as such. */
function inlineDocument(mediaType: string, data: string): JsonObject {
  const [type = ''] = mediaType.toLowerCase().split(';')
  if (type === 'application/pdf') return { type: 'base64', media_type: type, data }
  if (!isText(type)) throw cannotTake(`files of the type ${type}`)
  return { type: 'text', media_type: 'text/plain', data: decodeText(Buffer.from(data, 'base64')) }
}

function isText(type: string): boolean {
  return (
    type.startsWith('text/') || type === 'application/json' || /[/+](?:json|xml|yaml)$/.test(type)
  )
}

function isImage(mediaType: string): boolean {
  return mediaType.toLowerCase().startsWith('image/')
}

function ownFile(source: Extract<MediaSource, { kind: 'file-id' }>): JsonObject {
  if (source.dialect === anthropicName) return { type: 'file', file_id: source.id }
  throw cannotTake('files by the id of another provider’s store')
}

function cannotTake(what: string): GatewayError {
  return new GatewayError(
    'unsupported_capability',
    `This provider’s API takes no ${what}. Send JPEG, PNG, GIF, WebP, PDF or plain text by their bytes.`,
  )
}
