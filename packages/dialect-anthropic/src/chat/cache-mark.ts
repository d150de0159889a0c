import { type CacheMark, isJsonObject, type JsonObject } from '@jackfield/core'

const plainMembers = new Set(['type', 'ttl'])

/** The prompt-cache breakpoint of a block or tool. */
export function cacheOf(object: JsonObject): { readonly cache?: CacheMark } {
  const mark = object['cache_control']
  if (!isJsonObject(mark)) return {}
  const { ttl } = mark
  return { cache: ttl === '5m' || ttl === '1h' ? { ttl } : {} }
}

/** Whether the canonical mark holds all that the wire object says. */
export function isPlainMark({ cache_control: mark }: JsonObject): boolean {
  if (!isJsonObject(mark)) return true
  const { type, ttl } = mark
  const isKnown = type === 'ephemeral' && (ttl === undefined || ttl === '5m' || ttl === '1h')
  return isKnown && Object.keys(mark).every((key) => plainMembers.has(key))
}

/** A mark in this protocol's words. Longer times than it knows become its longest. */
export function encodeMark({ ttl }: CacheMark): JsonObject {
  if (ttl === undefined) return { type: 'ephemeral' }
  return { type: 'ephemeral', ttl: ttl === '5m' ? '5m' : '1h' }
}
