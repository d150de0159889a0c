import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type MediaPart,
  type MediaSource,
} from '@jackfield/core'
import { leftoverOf } from '@jackfield/dialect-kit'
import { extensionsOf } from '../leftover.ts'
import { anthropicName } from '../names.ts'
import { cacheOf, isPlainMark } from './cache-mark.ts'

const imageMembers = new Set(['type', 'source', 'cache_control'])
const documentMembers = new Set([...imageMembers, 'title'])
const sourceMembers = new Set(['type', 'media_type', 'data', 'url', 'file_id'])

/** An image block; `undefined` for a source that only this dialect knows. */
export function decodeImage(block: JsonObject): MediaPart | undefined {
  const source = decodeSource(block['source'], 'image/png')
  return source === undefined
    ? undefined
    : { type: 'image', source, ...marksOf(block, imageMembers) }
}

/** A document block; `undefined` for a source that only this dialect knows, like a list of blocks. */
export function decodeDocument(block: JsonObject): MediaPart | undefined {
  const source = decodeSource(block['source'], 'application/pdf')
  const { title } = block
  if (source === undefined) return undefined
  const name = typeof title === 'string' && title !== '' ? { name: title } : {}
  return { type: 'file', source, ...name, ...marksOf(block, documentMembers) }
}

function decodeSource(value: JsonValue | undefined, fallback: string): MediaSource | undefined {
  if (!isJsonObject(value) || leftoverOf(value, sourceMembers) !== undefined) return undefined
  const { type, media_type: mediaType, data, url, file_id: id } = value
  const named = typeof mediaType === 'string' ? mediaType : undefined
  switch (type) {
    case 'base64':
      return typeof data === 'string'
        ? { kind: 'base64', mediaType: named ?? fallback, data }
        : undefined
    case 'text':
      return typeof data === 'string'
        ? { kind: 'text', mediaType: named ?? 'text/plain', text: data }
        : undefined
    case 'url':
      return typeof url === 'string' ? { kind: 'url', url } : undefined
    case 'file':
      return typeof id === 'string' ? { kind: 'file-id', dialect: anthropicName, id } : undefined
    default:
      return undefined
  }
}

/** The cache mark of a block, and its members without a canonical name; an unusual mark is among them. */
export function marksOf(block: JsonObject, known: ReadonlySet<string>) {
  if (isPlainMark(block)) return { ...cacheOf(block), ...extensionsOf(block, known) }
  const rest = new Set([...known].filter((name) => name !== 'cache_control'))
  return { ...cacheOf(block), ...extensionsOf(block, rest) }
}
