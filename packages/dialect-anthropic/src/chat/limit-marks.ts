import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'

/** Breakpoints that one request may have (protocol reference 3.3). */
const maxMarks = 4

/** Where breakpoints may stand, in the order of the cached prefix. */
const holders = ['tools', 'system', 'messages'] as const

/**
 * A request with no more prompt-cache breakpoints than providers take: the last ones stay, since each covers everything before it. One
 * of an hour behind one of five minutes, which is refused, becomes one of five minutes. The same object where all is well.
 */
export function limitMarks(body: JsonObject, dropped: Set<string>): JsonObject {
  const marks = holders.flatMap((name) => marksIn(body[name]))
  const room = body['cache_control'] === undefined ? maxMarks : maxMarks - 1
  const excess = Math.max(0, marks.length - room)
  if (excess === 0 && !isMixed(marks) && !holders.some((name) => isMixedInside(body[name]))) {
    return body
  }
  dropped.add('cache')
  const limiter = new MarkLimiter(excess)
  const present = holders.filter((name) => body[name] !== undefined)
  const edited = present.map((name) => [name, limiter.edit(body[name]) ?? null] as const)
  return { ...body, ...Object.fromEntries(edited) }
}

type Mark = JsonObject

function marksIn(value: JsonValue | undefined): Mark[] {
  if (Array.isArray(value)) return value.flatMap(marksIn)
  if (!isJsonObject(value)) return []
  const { cache_control: mark, content } = value
  // A result's own content comes before the mark that stands behind it.
  return [...marksIn(content), ...(isJsonObject(mark) ? [mark] : [])]
}

function isMixed(marks: readonly Mark[]): boolean {
  const short = marks.findIndex(({ ttl }) => ttl !== '1h')
  return short !== -1 && marks.slice(short).some(({ ttl }) => ttl === '1h')
}

/** Whether a result has a mark of five minutes around one of an hour: which of the two comes first is nowhere said. */
function isMixedInside(value: JsonValue | undefined): boolean {
  if (Array.isArray(value)) return value.some(isMixedInside)
  if (!isJsonObject(value)) return false
  const { cache_control: mark, content } = value
  const isShort = isJsonObject(mark) && mark['ttl'] !== '1h'
  return (isShort && marksIn(content).some(({ ttl }) => ttl === '1h')) || isMixedInside(content)
}

class MarkLimiter {
  #excess: number
  #short = false

  constructor(excess: number) {
    this.#excess = excess
  }

  edit(value: JsonValue | undefined): JsonValue | undefined {
    if (Array.isArray(value)) return value.map((item) => this.edit(item) ?? null)
    if (!isJsonObject(value)) return value
    const { cache_control: mark, content } = value
    if (isJsonObject(mark)) this.#short ||= mark['ttl'] !== '1h'
    const inner = content === undefined ? {} : { content: this.edit(content) ?? null }
    if (!isJsonObject(mark)) return content === undefined ? value : { ...value, ...inner }
    const { cache_control: _, ...rest } = value
    if (this.#excess > 0) {
      this.#excess -= 1
      return { ...rest, ...inner }
    }
    const kept = this.#short && mark['ttl'] === '1h' ? { ...mark, ttl: '5m' } : mark
    return { ...value, ...inner, cache_control: kept }
  }
}
