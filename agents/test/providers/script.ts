import type { JsonObject } from '@jackfield/testkit'

/** What a model says in one turn of a task. */
export interface Turn {
  readonly thought?: string
  readonly text?: string
  /** What it thinks after the text, where its protocol lets it. */
  readonly afterthought?: string
  readonly calls?: readonly Call[]
}

/** A call of a tool that the agent brings. */
export interface Call {
  readonly id: string
  /** The end of the tool's name: the gateway may put a namespace before it. */
  readonly tool: string
  /** A text is the input of a tool that has no schema. */
  readonly input: JsonObject | string
}

/** A tool as the provider was told of it. */
export interface Tool {
  readonly name: string
  /** Absent: it takes plain text. */
  readonly schema?: JsonObject
}

/** The turn that follows on so many calls. It depends on nothing else, so that a request that is sent again gets the same answer. */
export function turnAfter(turns: readonly Turn[], calls: number): { turn: Turn; index: number } {
  let made = 0
  for (const [index, turn] of turns.entries()) {
    if (made === calls) return { turn, index }
    made += turn.calls?.length ?? 0
  }
  throw new Error(`the script has no turn after ${calls} calls`)
}

/** The tool that a call means. */
export function toolOf(call: Call, tools: readonly Tool[]): Tool {
  const found = tools.find(({ name }) => name.endsWith(call.tool))
  if (found) return found
  throw new Error(`no tool ${call.tool} among ${tools.map(({ name }) => name).join(', ')}`)
}

/** What a call says to a tool with a schema. A plain text goes where the schema has its only place. */
export function inputOf({ input }: Call, { schema }: Tool): JsonObject {
  if (typeof input !== 'string') return input
  const [place = ''] = Object.keys((schema?.['properties'] ?? {}) as JsonObject)
  return { [place]: input }
}

/** Providers stream in small pieces, and cut anywhere. */
export function pieces(text: string): readonly string[] {
  return text.match(/[\s\S]{1,7}/gu) ?? []
}

/** The objects in a list that may not be there. */
export function objects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value : []
}

/** The last request of a list. */
export function lastOf(requests: readonly JsonObject[]): JsonObject {
  return requests.at(-1) ?? {}
}
