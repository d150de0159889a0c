import type {
  JsonObject,
  JsonValue,
  MediaPart,
  MediaSource,
  ProviderPart,
  ReasoningPart,
  TextPart,
} from '@jackfield/core'
import {
  asExtensions,
  at,
  extensionsOf,
  leftoverOf,
  optionalString,
  type Path,
  requireString,
  sniffMediaType,
} from '@jackfield/dialect-kit'
import { geminiName } from '../names.ts'
import { stateMember } from '../signatures.ts'

/** A part that is neither a call nor a result. */
export type ContentPart = TextPart | MediaPart | ReasoningPart | ProviderPart

const textMembers = new Set(['text', 'thought', 'thoughtSignature'])
const inlineMembers = new Set(['inlineData', 'thought', 'thoughtSignature'])
const fileMembers = new Set(['fileData', 'thought', 'thoughtSignature'])
const inlineKeys = new Set(['mimeType', 'data', 'displayName'])
const fileKeys = new Set(['mimeType', 'fileUri', 'displayName'])

/**
 * A part in camelCase. What has no canonical form stays whole, as this dialect's own: code runs, server tools and their answers,
 * transcriptions, pictures of thoughts, parts that are unknown.
 */
export function decodeContentPart(part: JsonObject, path: Path): ContentPart {
  const { thoughtSignature: signature, ...value } = part
  const isThought = part['thought'] === true
  if (typeof part['text'] === 'string') return decodeText(part, part['text'])
  const media = isThought ? undefined : decodeMedia(part, path)
  return media ?? { type: 'provider', dialect: geminiName, value, ...stateMember(signature) }
}

/** Thoughts are digests that Google makes of them. */
function decodeText(part: JsonObject, text: string): TextPart | ReasoningPart {
  const rest = {
    ...stateMember(part['thoughtSignature']),
    ...extensionsOf(part, textMembers, geminiName),
  }
  return part['thought'] === true
    ? { type: 'reasoning', form: 'summary', text, ...rest }
    : { type: 'text', text, ...rest }
}

function decodeMedia(part: JsonObject, path: Path): MediaPart | undefined {
  const { inlineData, fileData } = part
  if (isHolder(inlineData)) {
    return mediaPart(part, inlineData, {
      source: inlineSource(inlineData, at(path, 'inlineData')),
      known: inlineMembers,
      keys: inlineKeys,
    })
  }
  if (!isHolder(fileData)) return undefined
  const source = fileSource(fileData, at(path, 'fileData'))
  return mediaPart(part, fileData, { source, known: fileMembers, keys: fileKeys })
}

function isHolder(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

interface MediaReading {
  readonly source: MediaSource
  readonly known: ReadonlySet<string>
  readonly keys: ReadonlySet<string>
}

function mediaPart(
  part: JsonObject,
  holder: JsonObject,
  { source, known, keys }: MediaReading,
): MediaPart {
  const { displayName: name } = holder
  const inner = leftoverOf(holder, keys)
  const outer = leftoverOf(part, known)
  const key = known === inlineMembers ? 'inlineData' : 'fileData'
  return {
    type: mediaTypeOf(source),
    source,
    ...(typeof name === 'string' && name !== '' ? { name } : {}),
    ...detailOf(part['mediaResolution']),
    ...stateMember(part['thoughtSignature']),
    ...asExtensions(inner === undefined ? outer : { ...outer, [key]: inner }, geminiName),
  }
}

function inlineSource(holder: JsonObject, path: Path): MediaSource {
  const data = requireString(holder, 'data', path)
  const mediaType =
    optionalString(holder, 'mimeType', path) ?? sniffMediaType(data) ?? 'application/octet-stream'
  return { kind: 'base64', mediaType, data }
}

function fileSource(holder: JsonObject, path: Path): MediaSource {
  const url = requireString(holder, 'fileUri', path)
  const mediaType = optionalString(holder, 'mimeType', path)
  return { kind: 'url', url, ...(mediaType === undefined ? {} : { mediaType }) }
}

function mediaTypeOf(source: MediaSource): MediaPart['type'] {
  const mediaType = 'mediaType' in source ? (source.mediaType ?? '') : ''
  const [family] = mediaType.toLowerCase().split('/', 1)
  if (family === 'image' || family === 'audio' || family === 'video') return family
  return source.kind === 'url' && isYouTube(source.url) ? 'video' : 'file'
}

/** Addresses that Google takes for videos without a media type. */
function isYouTube(url: string): boolean {
  return ['https://www.youtube.com/', 'https://youtube.com/', 'https://youtu.be/'].some((start) =>
    url.startsWith(start),
  )
}

const details: Readonly<Record<string, MediaPart['detail']>> = {
  MEDIA_RESOLUTION_LOW: 'low',
  MEDIA_RESOLUTION_HIGH: 'high',
  MEDIA_RESOLUTION_ULTRA_HIGH: 'original',
}

/** The wire object itself stays in the extensions, so that this dialect gets it back as it was. */
function detailOf(value: JsonValue | undefined): Pick<MediaPart, 'detail'> {
  const level = isHolder(value) ? value['level'] : undefined
  const detail =
    typeof level === 'string' && Object.hasOwn(details, level) ? details[level] : undefined
  return detail === undefined ? {} : { detail }
}
