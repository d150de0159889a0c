import type { StreamPart, ToolCallDelta, ToolCallEnd, ToolCallStart } from '../chat/stream-part.ts'
import type { RequestChanges } from '../dialect.ts'
import { isJsonObject, type JsonValue } from '../json-value.ts'
import type { PartTransform } from '../pipeline/stage.ts'

type CallPart = ToolCallStart | ToolCallDelta | ToolCallEnd

const noNames: ReadonlyMap<string, string> = new Map()
const noTools: ReadonlySet<string> = new Set()

/** Shows an answer to a changed request as if the request had not been changed. For one answer. */
export function createRestore(changes: RequestChanges): PartTransform {
  const restore = new Restore(changes)
  return (parts) => parts.flatMap((part) => restore.part(part))
}

class Restore {
  readonly #toolNames: ReadonlyMap<string, string>
  readonly #customTools: ReadonlySet<string>
  readonly #outputTool: string | undefined
  /** Ids of calls that are the answer's text. */
  readonly #outputs = new Set<string>()
  /** Arguments so far of calls whose text is inside them. */
  readonly #customs = new Map<string, string[]>()
  #calls = 0

  constructor({ toolNames = noNames, customTools = noTools, outputTool }: RequestChanges) {
    this.#toolNames = toolNames
    this.#customTools = customTools
    this.#outputTool = outputTool
  }

  part(part: StreamPart): readonly StreamPart[] {
    switch (part.type) {
      case 'tool-call-start':
        return this.#start(part)
      case 'tool-call-delta':
      case 'tool-call-end':
        return this.#continue(part)
      case 'finish':
        return [
          this.#outputs.size > 0 && this.#calls === 0 && part.reason === 'tool-calls'
            ? { ...part, reason: 'stop' }
            : part,
        ]
      default:
        return [part]
    }
  }

  #start(part: ToolCallStart): readonly StreamPart[] {
    if (part.name === this.#outputTool) {
      this.#outputs.add(part.id)
      return [{ type: 'text-start', id: part.id }]
    }
    this.#calls += 1
    const name = this.#toolNames.get(part.name) ?? part.name
    if (!this.#customTools.has(name)) return [name === part.name ? part : { ...part, name }]
    this.#customs.set(part.id, [])
    return [{ ...part, name, kind: 'custom' }]
  }

  #continue(part: Exclude<CallPart, ToolCallStart>): readonly StreamPart[] {
    if (this.#outputs.has(part.id)) return [asText(part)]
    const pieces = this.#customs.get(part.id)
    if (pieces === undefined) return [part]
    if (part.type === 'tool-call-delta') {
      pieces.push(part.arguments)
      return []
    }
    this.#customs.delete(part.id)
    const text = inputOf(pieces.join(''))
    const end: readonly StreamPart[] = [part]
    return text === '' ? end : [{ type: 'tool-call-delta', id: part.id, arguments: text }, ...end]
  }
}

function asText(part: Exclude<CallPart, ToolCallStart>): StreamPart {
  if (part.type === 'tool-call-delta') {
    return { type: 'text-delta', id: part.id, text: part.arguments }
  }
  const { state } = part
  return { type: 'text-end', id: part.id, ...(state === undefined ? {} : { state }) }
}

/** The free text inside the arguments. A model that does not keep to the schema has its own words passed on. */
function inputOf(text: string): string {
  const value = parse(text)
  if (!isJsonObject(value)) return text
  const { input } = value
  return typeof input === 'string' ? input : text
}

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
