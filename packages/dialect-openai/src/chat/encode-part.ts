import {
  type CacheMark,
  GatewayError,
  isJsonObject,
  type JsonObject,
  type MediaPart,
  type ProviderPart,
  type TextPart,
} from '@jackfield/core'
import { audioFormatOf, dataUrl, type ToolNames, withLeftover } from '@jackfield/dialect-kit'
import { chatName } from '../names.ts'
import type { Variant } from '../options.ts'

/** What the encoders of one request share: the provider's differences, and the names of what had to be left out. */
export interface EncodeState {
  readonly variant: Variant
  readonly dropped: Set<string>
  readonly names: ToolNames
}

/** Content as a string where one text says it all, else as parts. */
export function encodeContent(
  parts: readonly (TextPart | MediaPart | ProviderPart)[],
  state: EncodeState,
): string | readonly JsonObject[] {
  const joined = joinTexts(parts, state)
  if (joined !== undefined) return joined
  return parts.flatMap((part) => encodePart(part, state))
}

function joinTexts(
  parts: readonly (TextPart | MediaPart | ProviderPart)[],
  { variant, dropped }: EncodeState,
): string | undefined {
  const isShort = parts.length <= 1 || variant.texts === 'joined'
  if (!isShort || !parts.every((part) => part.type === 'text')) return undefined
  if (variant.texts === 'parts' && parts.some((part) => isMarked(part, variant))) return undefined
  if (parts.some(({ cache }) => cache !== undefined)) dropped.add('cache')
  return parts.map(({ text }) => text).join('\n\n')
}

/** Whether a text carries what a plain string cannot. */
function isMarked(part: TextPart, variant: Variant): boolean {
  return (
    part.extensions?.[chatName] !== undefined ||
    (part.cache !== undefined && variant.cacheMarks !== 'none')
  )
}

/** Parts with a mark of the whole message moved to the last of them, where providers look for it. */
export function markLast<Part extends TextPart | MediaPart | ProviderPart>(
  parts: readonly Part[],
  cache: CacheMark | undefined,
): readonly Part[] {
  const last = parts.at(-1)
  if (cache === undefined || last === undefined || last.cache !== undefined) return parts
  return [...parts.slice(0, -1), { ...last, cache }]
}

function encodePart(part: TextPart | MediaPart | ProviderPart, state: EncodeState): JsonObject[] {
  if (part.type === 'provider') return encodeProviderPart(part, state)
  if (part.type !== 'text' && !keepsName(part)) state.dropped.add('filename')
  const wire = part.type === 'text' ? { type: 'text', text: part.text } : encodeMedia(part, state)
  return [withLeftover(withCacheMark(wire, part, state), part.extensions, chatName)]
}

/** A part that only one dialect has: back to it as it was, to nobody else. */
function encodeProviderPart(
  { dialect, value, cache }: ProviderPart,
  { dropped }: EncodeState,
): JsonObject[] {
  if (cache !== undefined) dropped.add('cache')
  if (dialect === chatName && isJsonObject(value)) return [value]
  const type = isJsonObject(value) ? value['type'] : undefined
  dropped.add(typeof type === 'string' ? type : 'provider part')
  return []
}

/** A prompt-cache mark, in the provider's words. Marks that this dialect's own clients set are in the extensions. */
export function withCacheMark(
  wire: JsonObject,
  { cache, extensions }: Pick<TextPart, 'cache' | 'extensions'>,
  { variant, dropped }: EncodeState,
): JsonObject {
  if (cache === undefined || extensions?.[chatName] !== undefined) return wire
  const ttl = cache.ttl === undefined ? {} : { ttl: cache.ttl }
  switch (variant.cacheMarks) {
    case 'cache_control':
      return { ...wire, cache_control: { type: 'ephemeral', ...ttl } }
    case 'prompt_cache_breakpoint':
      return { ...wire, prompt_cache_breakpoint: { mode: 'explicit', ...ttl } }
    case 'none':
      dropped.add('cache')
      return wire
    default:
      return variant.cacheMarks satisfies never
  }
}

/** Only files have names, and what is told as a text is none. */
function keepsName({ type, source, name }: MediaPart): boolean {
  return name === undefined || (type === 'file' && source.kind !== 'text')
}

function encodeMedia(part: MediaPart, { variant }: EncodeState): JsonObject {
  const { source } = part
  if (source.kind === 'text') return { type: 'text', text: source.text }
  switch (part.type) {
    case 'image':
      return {
        type: 'image_url',
        image_url: {
          url: urlOf(part),
          ...(part.detail === undefined ? {} : { detail: part.detail }),
        },
      }
    case 'video':
      if (variant.media.video === 'refuse') throw cannotTake('video', '.')
      return { type: 'video_url', video_url: { url: urlOf(part) } }
    case 'audio':
      return encodeAudio(part)
    case 'file':
      return encodeFile(part, variant)
    default:
      return part.type satisfies never
  }
}

function urlOf(part: MediaPart): string {
  const { source } = part
  if (source.kind === 'url') return source.url
  if (source.kind === 'base64') return dataUrl(source.mediaType, source.data)
  throw cannotSend(part)
}

function encodeAudio(part: MediaPart): JsonObject {
  const { source } = part
  if (source.kind !== 'base64') throw cannotSend(part)
  const audio = { data: source.data, format: audioFormatOf(source.mediaType) }
  return { type: 'input_audio', input_audio: audio }
}

/** A URL goes where OpenRouter takes one, in `file_data`. */
function encodeFile(part: MediaPart, { media }: Variant): JsonObject {
  const { source } = part
  if (source.kind === 'url' && media.fileUrl === 'refuse') throw cannotSend(part)
  const name = part.name === undefined ? {} : { filename: part.name }
  if (source.kind !== 'file-id') return { type: 'file', file: { ...name, file_data: urlOf(part) } }
  if (source.dialect !== chatName) throw cannotSend(part)
  return { type: 'file', file: { ...name, file_id: source.id } }
}

function cannotSend({ type, source }: MediaPart): GatewayError {
  const how = source.kind === 'url' ? 'by URL' : 'by file id'
  return cannotTake(type, ` ${how}. Send its bytes as base64 instead.`)
}

/** What the user shows to the model is not left out in silence: another leaf may be able to take it. */
function cannotTake(type: MediaPart['type'], how: string): GatewayError {
  const message = `This provider's API cannot take ${type} input${how}`
  return new GatewayError('unsupported_capability', message, { param: type })
}
