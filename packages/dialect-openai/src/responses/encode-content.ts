import {
  type CacheMark,
  GatewayError,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type MediaPart,
  type ProviderPart,
  type TextPart,
} from '@jackfield/core'
import { dataUrl, mergeObjects, type ToolNames } from '@jackfield/dialect-kit'
import { chatName, responsesName } from '../names.ts'
import { isContentPart } from './decode-content.ts'
import type { ResponsesVariant } from './options.ts'

/** What the encoders of one request share. */
export interface EncodeState {
  readonly variant: ResponsesVariant
  readonly names: ToolNames
  readonly dropped: Set<string>
  /** Whether the provider stores answers, so that it knows items by their ids. */
  readonly stored: boolean
  /** Whether the request continues something, in which there may be calls. */
  readonly continued: boolean
}

type Part = TextPart | MediaPart | ProviderPart

/** Members of extensions that say where a thing belongs and are no members of the wire object. */
const ownWords = new Set(['place', 'phase', 'later', 'namespace'])

/** A wire object with the members that its canonical form could not hold. */
export function withOwn(wire: JsonObject, part: Pick<Part, 'extensions'>): JsonObject {
  const own = part.extensions?.[responsesName]
  if (own === undefined) return wire
  const left = Object.fromEntries(Object.entries(own).filter(([key]) => !ownWords.has(key)))
  return mergeObjects(left, wire)
}

/** Content as a string where one text says it all, else as parts. */
export function encodeContent(parts: readonly Part[], state: EncodeState): JsonValue {
  const [first, second] = parts
  if (first === undefined) return ''
  if (second === undefined && first.type === 'text' && !isMarked(first, state)) {
    if (first.cache !== undefined) state.dropped.add('cache')
    return first.text
  }
  return parts.flatMap((part) => encodePart(part, state))
}

/** Whether a text carries what a plain string cannot. */
function isMarked(part: TextPart, { variant }: EncodeState): boolean {
  return (
    part.extensions?.[responsesName] !== undefined ||
    (part.cache !== undefined && variant.cacheMarks !== 'none')
  )
}

/** Parts with a mark of the whole message moved to the last of them, where providers look for it. */
export function markLast<Item extends Part>(
  parts: readonly Item[],
  cache: CacheMark | undefined,
): readonly Item[] {
  const last = parts.at(-1)
  if (cache === undefined || last === undefined || last.cache !== undefined) return parts
  return [...parts.slice(0, -1), { ...last, cache }]
}

function encodePart(part: Part, state: EncodeState): JsonObject[] {
  if (part.type === 'provider') return encodeProviderPart(part, state)
  if (part.type !== 'text' && !keepsName(part)) state.dropped.add('filename')
  const wire = part.type === 'text' ? { type: 'input_text', text: part.text } : encodeMedia(part)
  return [withOwn(withCacheMark(wire, part, state), part)]
}

function encodeProviderPart(part: ProviderPart, { dropped }: EncodeState): JsonObject[] {
  const { dialect, value, cache } = part
  if (cache !== undefined) dropped.add('cache')
  if (dialect === responsesName && isContentPart(part) && isJsonObject(value)) return [value]
  dropped.add(typeOf(value))
  return []
}

/** The type of a part that has to be left out, for the list of what was. */
export function typeOf(value: JsonValue): string {
  const type = isJsonObject(value) ? value['type'] : undefined
  return typeof type === 'string' ? type : 'provider part'
}

function withCacheMark(
  wire: JsonObject,
  { cache, extensions }: TextPart | MediaPart,
  { variant, dropped }: EncodeState,
): JsonObject {
  if (
    cache === undefined ||
    extensions?.[responsesName]?.['prompt_cache_breakpoint'] !== undefined
  ) {
    return wire
  }
  if (variant.cacheMarks === 'none') {
    dropped.add('cache')
    return wire
  }
  // OpenAI keeps prefixes for these two times only; without one it takes its own.
  const ttl = cache.ttl === '30m' || cache.ttl === '12h' ? { ttl: cache.ttl } : {}
  return { ...wire, prompt_cache_breakpoint: { mode: 'explicit', ...ttl } }
}

/** Only bytes have names (protocol reference 2.3). */
function keepsName({ type, source, name }: MediaPart): boolean {
  return name === undefined || (type === 'file' && source.kind === 'base64')
}

function encodeMedia(part: MediaPart): JsonObject {
  if (part.source.kind === 'text') return { type: 'input_text', text: part.source.text }
  switch (part.type) {
    case 'image':
      return encodeImage(part)
    case 'file':
      return encodeFile(part)
    case 'audio':
    case 'video':
      throw new GatewayError(
        'unsupported_capability',
        `This provider's API cannot take ${part.type} input.`,
      )
    default:
      return part.type satisfies never
  }
}

function encodeImage(part: MediaPart): JsonObject {
  const { source, detail } = part
  const shown = detail === undefined ? {} : { detail }
  switch (source.kind) {
    case 'url':
      return { type: 'input_image', image_url: source.url, ...shown }
    case 'base64':
      return { type: 'input_image', image_url: dataUrl(source.mediaType, source.data), ...shown }
    default:
      return { type: 'input_image', file_id: fileId(part), ...shown }
  }
}

/** Bytes need a name, from which OpenAI reads the kind of file. */
function encodeFile(part: MediaPart): JsonObject {
  const { source, name } = part
  switch (source.kind) {
    case 'url':
      return { type: 'input_file', file_url: source.url }
    case 'base64':
      return {
        type: 'input_file',
        filename: name ?? `file.${endingOf(source.mediaType)}`,
        file_data: dataUrl(source.mediaType, source.data),
      }
    default:
      return { type: 'input_file', file_id: fileId(part) }
  }
}

function endingOf(mediaType: string): string {
  const subtype = mediaType.slice(mediaType.indexOf('/') + 1)
  return subtype === 'plain' ? 'txt' : subtype
}

/** OpenAI's two protocols share one store of files. What the user shows to the model is not left out in silence. */
function fileId({ type, source }: MediaPart): string {
  const isOwn =
    source.kind === 'file-id' && (source.dialect === responsesName || source.dialect === chatName)
  if (isOwn) return source.id
  throw new GatewayError(
    'unsupported_capability',
    `This provider's API cannot take ${type} input by the file id of another provider. Send its bytes as base64 instead.`,
  )
}
