import {
  GatewayError,
  isJsonObject,
  type JsonObject,
  type MediaPart,
  type OpaqueState,
  type ProviderPart,
  type TextPart,
} from '@jackfield/core'
import { parseDataUrl, withLeftover } from '@jackfield/dialect-kit'
import { geminiName } from '../names.ts'
import { ownSignature } from '../signatures.ts'
import type { EncodeState } from './encode-state.ts'

/** A text, picture, sound, film, file or part of this dialect's own, in a request. Empty texts go, unless they are signed. */
export function encodePart(
  part: TextPart | MediaPart | ProviderPart,
  state: EncodeState,
): JsonObject[] {
  if (part.type === 'provider') return encodeProviderPart(part, state)
  if (part.type !== 'text') return [signed(encodeMedia(part, state), part.state)]
  const wire = signed({ text: part.text }, part.state)
  if (part.text === '' && wire['thoughtSignature'] === undefined) return []
  return [withLeftover(wire, part.extensions, geminiName)]
}

/** The part with the signature that belongs to it. */
export function signed(wire: JsonObject, state: readonly OpaqueState[] | undefined): JsonObject {
  const signature = ownSignature(state)
  return signature === undefined ? wire : { ...wire, thoughtSignature: signature }
}

/** A part that only one dialect has: back to it as it was, to nobody else. */
function encodeProviderPart(part: ProviderPart, { dropped }: EncodeState): JsonObject[] {
  const { dialect, value } = part
  if (dialect === geminiName && isJsonObject(value)) return [signed(value, part.state)]
  const type = isJsonObject(value) ? value['type'] : undefined
  dropped.add(typeof type === 'string' ? type : 'provider part')
  return []
}

/** A picture, sound, film or file. How closely to look at it is said only by what this dialect's own clients say. */
export function encodeMedia(part: MediaPart, { dropped }: EncodeState): JsonObject {
  const own = part.extensions?.[geminiName] !== undefined
  if (part.detail !== undefined && part.detail !== 'auto' && !own) dropped.add('detail')
  return withLeftover(mediaMember(part), part.extensions, geminiName)
}

/** `inlineData` or `fileData`; a file of plain text as data too, so that it stays a file of its own. */
export function mediaMember(part: MediaPart): JsonObject {
  const { source } = part
  const name = part.name === undefined ? {} : { displayName: part.name }
  switch (source.kind) {
    case 'base64':
      return {
        inlineData: { mimeType: mimeTypeOf(source.mediaType), data: source.data, ...name },
      }
    case 'text': {
      const data = Buffer.from(source.text).toString('base64')
      return { inlineData: { mimeType: mimeTypeOf(source.mediaType), data, ...name } }
    }
    case 'url':
      return urlMember(part, source.url, source.mediaType)
    case 'file-id':
      if (source.dialect === geminiName) return { fileData: { fileUri: source.id, ...name } }
      throw cannotSend(part)
    default:
      return source satisfies never
  }
}

function urlMember(part: MediaPart, url: string, mediaType: string | undefined): JsonObject {
  const name = part.name === undefined ? {} : { displayName: part.name }
  const inline = parseDataUrl(url)
  if (inline !== undefined) {
    const mimeType = mimeTypeOf(inline.mediaType ?? mediaType ?? defaultTypes[part.type])
    return { inlineData: { mimeType, data: inline.data, ...name } }
  }
  const mimeType = mediaType ?? typeOfName(url)
  return { fileData: { ...(mimeType === undefined ? {} : { mimeType }), fileUri: url, ...name } }
}

const defaultTypes: Readonly<Record<MediaPart['type'], string>> = {
  image: 'image/png',
  audio: 'audio/wav',
  video: 'video/mp4',
  file: 'application/pdf',
}

/** Media types as this protocol names them. */
const ownTypes: Readonly<Record<string, string>> = {
  'audio/mpeg': 'audio/mp3',
  'audio/x-wav': 'audio/wav',
  'audio/wave': 'audio/wav',
  'audio/pcm': 'audio/L16',
  'image/jpg': 'image/jpeg',
}

function mimeTypeOf(mediaType: string): string {
  return Object.hasOwn(ownTypes, mediaType) ? (ownTypes[mediaType] ?? mediaType) : mediaType
}

/** Endings by which the media type behind a URL is told, for it is not fetched to find out. */
const endings: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  heic: 'image/heic',
  pdf: 'application/pdf',
  txt: 'text/plain',
  csv: 'text/csv',
  html: 'text/html',
  mp3: 'audio/mp3',
  wav: 'audio/wav',
  mp4: 'video/mp4',
  mov: 'video/mov',
  webm: 'video/webm',
}

function typeOfName(url: string): string | undefined {
  const path = url.split(/[?#]/, 1)[0] ?? ''
  const ending = path.slice(path.lastIndexOf('.') + 1).toLowerCase()
  return Object.hasOwn(endings, ending) ? endings[ending] : undefined
}

/** What the user shows to the model is not left out in silence: another leaf may be able to take it. */
function cannotSend({ type }: MediaPart): GatewayError {
  return new GatewayError(
    'unsupported_capability',
    `This provider's API cannot take ${type} input by the file id of another provider. Send its bytes as base64 instead.`,
  )
}
