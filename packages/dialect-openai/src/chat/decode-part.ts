import {
  type CacheMark,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type MediaPart,
  type MediaSource,
  type ProviderPart,
  type ReasoningPart,
  type RefusalPart,
  type TextPart,
} from '@jackfield/core'
import {
  at,
  extensionsOf,
  mediaTypeOfAudio,
  optionalObject,
  optionalString,
  type Path,
  refuse,
  refuseType,
  requireObject,
  requireString,
  sourceOfUrl,
} from '@jackfield/dialect-kit'
import { chatName } from '../names.ts'
import { thinkingText } from './reasoning-fields.ts'

/** Anything that may stand in a message's content. */
export type ContentPart = TextPart | MediaPart | RefusalPart | ReasoningPart | ProviderPart

const textMembers = new Set(['type', 'text'])
const imageMembers = new Set(['type', 'image_url'])
const audioMembers = new Set(['type', 'input_audio'])
const videoMembers = new Set(['type', 'video_url'])
const fileMembers = new Set(['type', 'file'])
const details = new Set(['auto', 'low', 'high', 'original'])
const cacheTtls = new Set(['5m', '30m', '1h', '12h'])

/** A message's content, as string or as list of parts. Empty texts say nothing and go. */
export function decodeContent(content: JsonValue | undefined, path: Path): ContentPart[] {
  if (content === undefined || content === null || content === '') return []
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (!Array.isArray(content)) return refuseType(path, 'a string or an array of parts', content)
  const parts = content.map((part, index) => decodePart(part, at(path, index)))
  return parts.filter((part) => part.type !== 'text' || part.text !== '')
}

function decodePart(value: JsonValue, path: Path): ContentPart {
  if (typeof value === 'string') return { type: 'text', text: value }
  const part = requireObject(value, path)
  switch (requireString(part, 'type', path)) {
    case 'text':
      return {
        type: 'text',
        text: requireString(part, 'text', path),
        ...marksOf(part, textMembers),
      }
    case 'image_url':
      return decodeImage(part, path)
    case 'input_audio':
      return decodeAudio(part, path)
    case 'video_url':
      return decodeVideo(part, path)
    case 'file':
      return decodeFile(part, path)
    case 'refusal':
      return { type: 'refusal', text: requireString(part, 'refusal', path) }
    case 'thinking':
      return { type: 'reasoning', form: 'raw', text: thinkingText(part) }
    default:
      return { type: 'provider', dialect: chatName, value: part }
  }
}

function marksOf(part: JsonObject, known: ReadonlySet<string>) {
  return { ...cacheOf(part), ...extensionsOf(part, known, chatName) }
}

/**
 * A prompt-cache breakpoint: OpenAI's `prompt_cache_breakpoint`, or the `cache_control` that OpenRouter and DashScope took
 * over from Anthropic. The wire object itself stays in the extensions, so that this dialect gets it back as it was.
 */
export function cacheOf(object: JsonObject): { readonly cache?: CacheMark } {
  const mark = object['cache_control'] ?? object['prompt_cache_breakpoint']
  if (!isJsonObject(mark)) return {}
  const ttl = mark['ttl']
  return { cache: isCacheTtl(ttl) ? { ttl } : {} }
}

function isCacheTtl(value: JsonValue | undefined): value is '5m' | '30m' | '1h' | '12h' {
  return typeof value === 'string' && cacheTtls.has(value)
}

function decodeImage(part: JsonObject, path: Path): MediaPart {
  const { url, holder } = urlIn(part, 'image_url', path)
  const detail = holder?.['detail']
  return {
    type: 'image',
    source: sourceOfUrl(url, 'image/png'),
    ...(isDetail(detail) ? { detail } : {}),
    ...marksOf(part, imageMembers),
  }
}

/** `{image_url: {url}}`, or the bare string that some clients send. */
function urlIn(
  part: JsonObject,
  key: string,
  path: Path,
): { readonly url: string; readonly holder?: JsonObject } {
  const value = part[key]
  if (typeof value === 'string') return { url: value }
  if (!isJsonObject(value)) return refuseType(at(path, key), 'an object', value)
  return { url: requireString(value, 'url', at(path, key)), holder: value }
}

function isDetail(value: JsonValue | undefined): value is 'auto' | 'low' | 'high' | 'original' {
  return typeof value === 'string' && details.has(value)
}

function decodeAudio(part: JsonObject, path: Path): MediaPart {
  return { type: 'audio', source: audioSource(part, path), ...marksOf(part, audioMembers) }
}

function audioSource(part: JsonObject, path: Path): MediaSource {
  const audio = part['input_audio']
  // Mistral clients send the data or a URL as a bare string.
  if (typeof audio === 'string') {
    return hasScheme(audio)
      ? sourceOfUrl(audio, 'audio/mpeg')
      : { kind: 'base64', mediaType: 'audio/mpeg', data: audio }
  }
  const place = at(path, 'input_audio')
  const holder = requireObject(audio, place)
  const mediaType = mediaTypeOfAudio(requireString(holder, 'format', place))
  return { kind: 'base64', mediaType, data: requireString(holder, 'data', place) }
}

/** Whether a text is a URL and not base64, which has no colon. */
function hasScheme(text: string): boolean {
  return text.slice(0, 16).includes(':')
}

function decodeVideo(part: JsonObject, path: Path): MediaPart {
  const { url } = urlIn(part, 'video_url', path)
  return { type: 'video', source: sourceOfUrl(url, 'video/mp4'), ...marksOf(part, videoMembers) }
}

function decodeFile(part: JsonObject, path: Path): MediaPart {
  const place = at(path, 'file')
  const file = optionalObject(part, 'file', path) ?? refuseType(place, 'an object', part['file'])
  const name = optionalString(file, 'filename', place)
  return {
    type: 'file',
    source: fileSource(file, place),
    ...(name === undefined ? {} : { name }),
    ...marksOf(part, fileMembers),
  }
}

function fileSource(file: JsonObject, place: Path): MediaSource {
  const data = optionalString(file, 'file_data', place)
  if (data !== undefined) {
    return hasScheme(data)
      ? sourceOfUrl(data, 'application/pdf')
      : { kind: 'base64', mediaType: 'application/pdf', data }
  }
  const id = optionalString(file, 'file_id', place)
  if (id === undefined) return refuse(place, 'must have `file_data` or `file_id`')
  return { kind: 'file-id', dialect: chatName, id }
}
