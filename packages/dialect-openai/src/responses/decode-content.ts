import {
  type CacheMark,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type MediaPart,
  type MediaSource,
  type ProviderPart,
  type RefusalPart,
  type TextPart,
} from '@jackfield/core'
import {
  asExtensions,
  at,
  extensionsOf,
  leftoverOf,
  mediaTypeOfAudio,
  optionalString,
  type Path,
  refuse,
  refuseType,
  requireObject,
  requireString,
  sourceOfUrl,
} from '@jackfield/dialect-kit'
import { responsesName } from '../names.ts'
import { decodeAnnotations } from './citations.ts'

/** Anything that may stand in the content of a message or the output of a call. */
export type ContentPart = TextPart | MediaPart | RefusalPart | ProviderPart

const textMembers = new Set(['type', 'text', 'annotations'])
const imageMembers = new Set(['type', 'image_url', 'file_id', 'detail'])
const fileMembers = new Set(['type', 'file_data', 'file_id', 'file_url', 'filename'])
const audioMembers = new Set(['type', 'input_audio'])
const details = new Set(['auto', 'low', 'high', 'original'])
const ttls = new Set(['5m', '30m', '1h', '12h'])

/** A string or a list of parts. Empty texts say nothing and go. */
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
    case 'input_text':
    case 'output_text':
    case 'text':
      return decodeText(part, path)
    case 'refusal':
      return { type: 'refusal', text: requireString(part, 'refusal', path) }
    case 'input_image':
      return decodeImage(part, path)
    case 'input_file':
      return decodeFile(part, path)
    case 'input_audio':
      return decodeAudio(part, path)
    default:
      return contentPart(part)
  }
}

/** A part that only this dialect has. It is marked, because most that only this dialect has are items of their own. */
export function contentPart(value: JsonObject): ProviderPart {
  const { extensions } = asExtensions({ place: 'content' }, responsesName)
  return {
    type: 'provider',
    dialect: responsesName,
    value,
    ...(extensions === undefined ? {} : { extensions }),
  }
}

/** Whether a part of this dialect belongs into a message instead of beside it. */
export function isContentPart({ extensions }: ProviderPart): boolean {
  return extensions?.[responsesName]?.['place'] === 'content'
}

function decodeText(part: JsonObject, path: Path): TextPart {
  const citations = decodeAnnotations(part['annotations'])
  const left = leftoverOf(part, textMembers)
  return {
    type: 'text',
    text: requireString(part, 'text', path),
    ...(citations.length === 0 ? {} : { citations }),
    ...cacheOf(part),
    ...asExtensions(withoutEmptyLists(left), responsesName),
  }
}

/** `logprobs: []` says nothing. */
function withoutEmptyLists(left: JsonObject | undefined): JsonObject | undefined {
  if (left === undefined) return undefined
  const isEmpty = (value: JsonValue) => Array.isArray(value) && value.length === 0
  return Object.fromEntries(Object.entries(left).filter(([, value]) => !isEmpty(value)))
}

/** A prompt-cache breakpoint. The wire object itself stays in the extensions, so that this dialect gets it back as it was. */
function cacheOf(object: JsonObject): { readonly cache?: CacheMark } {
  const mark = object['prompt_cache_breakpoint']
  if (!isJsonObject(mark)) return {}
  const ttl = mark['ttl']
  return { cache: isTtl(ttl) ? { ttl } : {} }
}

function isTtl(value: JsonValue | undefined): value is '5m' | '30m' | '1h' | '12h' {
  return typeof value === 'string' && ttls.has(value)
}

function isDetail(value: JsonValue | undefined): value is 'auto' | 'low' | 'high' | 'original' {
  return typeof value === 'string' && details.has(value)
}

function decodeImage(part: JsonObject, path: Path): MediaPart {
  const { detail } = part
  return {
    type: 'image',
    source: imageSource(part, path),
    ...(isDetail(detail) ? { detail } : {}),
    ...marksOf(part, imageMembers),
  }
}

function marksOf(part: JsonObject, known: ReadonlySet<string>) {
  return { ...cacheOf(part), ...extensionsOf(part, known, responsesName) }
}

/** The URL as a string; as `{url}` too, which clients carry over from Chat. */
function imageSource(part: JsonObject, path: Path): MediaSource {
  const { image_url: image } = part
  if (isJsonObject(image)) {
    return sourceOfUrl(requireString(image, 'url', at(path, 'image_url')), 'image/png')
  }
  const url = optionalString(part, 'image_url', path)
  if (url !== undefined) return sourceOfUrl(url, 'image/png')
  return fileId(part, path) ?? refuse(path, 'must have `image_url` or `file_id`')
}

function fileId(part: JsonObject, path: Path): MediaSource | undefined {
  const id = optionalString(part, 'file_id', path)
  return id === undefined ? undefined : { kind: 'file-id', dialect: responsesName, id }
}

function decodeFile(part: JsonObject, path: Path): MediaPart {
  const name = optionalString(part, 'filename', path)
  return {
    type: 'file',
    source: fileSource(part, path),
    ...(name === undefined ? {} : { name }),
    ...marksOf(part, fileMembers),
  }
}

function fileSource(part: JsonObject, path: Path): MediaSource {
  const data = optionalString(part, 'file_data', path)
  if (data !== undefined) {
    return data.slice(0, 16).includes(':')
      ? sourceOfUrl(data, 'application/pdf')
      : { kind: 'base64', mediaType: 'application/pdf', data }
  }
  const url = optionalString(part, 'file_url', path)
  if (url !== undefined) return { kind: 'url', url }
  return fileId(part, path) ?? refuse(path, 'must have `file_data`, `file_url` or `file_id`')
}

/** In the types of the protocol, though no model takes it on this way. */
function decodeAudio(part: JsonObject, path: Path): MediaPart {
  const place = at(path, 'input_audio')
  const audio = requireObject(part['input_audio'], place)
  const mediaType = mediaTypeOfAudio(requireString(audio, 'format', place))
  return {
    type: 'audio',
    source: { kind: 'base64', mediaType, data: requireString(audio, 'data', place) },
    ...marksOf(part, audioMembers),
  }
}
