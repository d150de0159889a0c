import type { JsonObject, JsonValue } from '@jackfield/core'

/** Longest list that places may make: one that jumps further would take memory that nobody sent. */
const maxJump = 1000

type Step = string | number
type Container = Record<string, unknown> | unknown[]

/**
 * Puts arguments together that Vertex streams piece by piece, each with a path (`$.a.b[0]`) and a value; a text that goes on is
 * continued by the next piece of the same path (protocol reference 4.6).
 */
export class PartialArguments {
  readonly #root: Record<string, unknown> = emptyObject()
  /** Path of the text that goes on. */
  #open: string | undefined

  /** Arguments that came whole. */
  merge(values: JsonObject): void {
    for (const [name, value] of Object.entries(values)) this.#root[name] = value
  }

  add(piece: JsonObject): void {
    const { jsonPath } = piece
    const steps = typeof jsonPath === 'string' ? stepsOf(jsonPath) : []
    const value = valueIn(piece)
    if (steps.length === 0 || value === undefined || typeof jsonPath !== 'string') return
    this.#set(steps, value, this.#open === jsonPath)
    this.#open = piece['willContinue'] === true ? jsonPath : undefined
  }

  text(): string {
    return JSON.stringify(this.#root)
  }

  #set(steps: readonly Step[], value: JsonValue, continues: boolean): void {
    let holder: Container = this.#root
    for (const [index, step] of steps.slice(0, -1).entries()) {
      holder = childOf(holder, step, typeof steps[index + 1] === 'number')
    }
    const last = steps.at(-1) ?? ''
    const present = read(holder, last)
    const isText = continues && typeof present === 'string' && typeof value === 'string'
    write(holder, last, isText ? `${present}${value}` : value)
  }
}

/** Without a prototype, so that no name means anything. */
function emptyObject(): Record<string, unknown> {
  return Object.create(null)
}

function valueIn(piece: JsonObject): JsonValue | undefined {
  for (const name of ['stringValue', 'numberValue', 'boolValue'] as const) {
    const value = piece[name]
    if (value !== undefined) return value
  }
  return 'nullValue' in piece ? null : undefined
}

function read(holder: Container, step: Step): unknown {
  return Array.isArray(holder) ? holder[Number(step)] : holder[step]
}

function write(holder: Container, step: Step, value: unknown): void {
  if (!Array.isArray(holder)) {
    holder[step] = value
    return
  }
  const index = Number(step)
  if (!(index >= 0 && index <= holder.length + maxJump)) return
  while (holder.length < index) holder.push(null)
  holder[index] = value
}

function childOf(holder: Container, step: Step, isList: boolean): Container {
  const present = read(holder, step)
  if (Array.isArray(present)) return present
  if (isContainer(present)) return present
  const child = isList ? [] : emptyObject()
  write(holder, step, child)
  return child
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** Steps of a path: names behind dots, places and quoted names in brackets. */
function stepsOf(path: string): Step[] {
  const steps: Step[] = []
  let at = path.startsWith('$') ? 1 : 0
  while (at < path.length) {
    if (path[at] === '[') {
      const end = closing(path, at)
      steps.push(bracketStep(path.slice(at + 1, end)))
      at = end + 1
    } else {
      const start = path[at] === '.' ? at + 1 : at
      const end = nextStep(path, start)
      if (end > start) steps.push(path.slice(start, end))
      at = Math.max(end, at + 1)
    }
  }
  return steps
}

function closing(path: string, at: number): number {
  const quote = path[at + 1]
  const from = quote === "'" || quote === '"' ? path.indexOf(quote, at + 2) + 1 : at
  const end = path.indexOf(']', Math.max(from, at))
  return end === -1 ? path.length : end
}

function bracketStep(inside: string): Step {
  const quote = inside[0]
  if (quote === "'" || quote === '"')
    return inside.slice(1, inside.endsWith(quote) ? -1 : undefined)
  const index = Number(inside)
  return Number.isInteger(index) ? index : inside
}

function nextStep(path: string, from: number): number {
  const places = ['.', '['].map((mark) => path.indexOf(mark, from)).filter((place) => place !== -1)
  return places.length === 0 ? path.length : Math.min(...places)
}
