import type { JsonObject, JsonValue } from '@jackfield/core'
import { mergeObjects } from '@jackfield/dialect-kit'
import { plainText } from './encode-block.ts'

/** One message on the wire, while it is put together. */
export interface Turn {
  readonly role: 'user' | 'assistant' | 'system'
  /** Results of tools, which stand before everything else. */
  readonly results: JsonObject[]
  readonly blocks: JsonObject[]
  /** Members of the message without a canonical name. */
  rest: JsonObject
}

/** What a user says where the protocol wants one to speak and the client has none speaking. */
const begin = 'Begin.'

/** Turns that a strict provider takes: none empty, no two of one role in a row, a user first, no prefill that ends in white space. */
export function legalTurns(turns: readonly Turn[]): Turn[] {
  const merged: Turn[] = []
  for (const turn of turns) {
    if (turn.blocks.length === 0 && turn.results.length === 0) continue
    const last = merged.at(-1)
    if (last?.role === turn.role) merge(last, turn)
    else merged.push({ ...turn, results: [...turn.results], blocks: [...turn.blocks] })
  }
  for (const turn of merged) if (turn.role === 'assistant') leadWithThinking(turn.blocks)
  trimPrefill(merged)
  if (merged[0]?.role === 'user') return merged
  const opening: Turn = {
    role: 'user',
    results: [],
    blocks: [{ type: 'text', text: begin }],
    rest: {},
  }
  return [opening, ...merged]
}

function merge(into: Turn, turn: Turn): void {
  into.results.push(...turn.results)
  into.blocks.push(...turn.blocks)
  into.rest = mergeObjects(turn.rest, into.rest)
}

function trimPrefill(turns: Turn[]): void {
  const last = turns.at(-1)
  const block = last?.blocks.at(-1)
  if (last?.role !== 'assistant' || block?.['type'] !== 'text') return
  const { text } = block
  if (typeof text === 'string') last.blocks.splice(-1, 1, { ...block, text: text.trimEnd() })
}

/**
 * A turn that has thinking begins with it: a provider demands that, and the clients' protocols do not all keep the order. Behind tools
 * that the provider ran itself it has its place.
 */
function leadWithThinking(blocks: JsonObject[]): void {
  const first = blocks.findIndex(isThinking)
  if (first <= 0 || !blocks.slice(0, first).every(isAnswer)) return
  const behind = blocks.findIndex((block, index) => index > first && !isThinking(block))
  const count = (behind === -1 ? blocks.length : behind) - first
  blocks.unshift(...blocks.splice(first, count))
}

const answers: ReadonlySet<JsonValue | undefined> = new Set(['text', 'tool_use'])

/** Whether a block is what thinking leads to. */
function isAnswer({ type }: JsonObject): boolean {
  return answers.has(type)
}

/** Whether thinking comes before everything that it leads to. */
export function leadsWithThinking(types: readonly (JsonValue | undefined)[]): boolean {
  const first = types.find((type) => isThinking({ type: type ?? null }) || answers.has(type))
  return first !== undefined && !answers.has(first)
}

function isThinking({ type }: JsonObject): boolean {
  return type === 'thinking' || type === 'redacted_thinking'
}

/** The message: its content is a string where one text says it all. */
export function messageOf({ role, results, blocks, rest }: Turn): JsonObject {
  const content = [...results, ...blocks]
  const [only] = content
  const text = content.length === 1 && only !== undefined ? plainText(only) : undefined
  return mergeObjects(rest, { role, content: text ?? content })
}

/** Whether the conversation stops where the model has called tools and got their results, be there other words behind them. */
export function isOpenLoop(turns: readonly Turn[]): boolean {
  const last = turns.findLastIndex(({ role }) => role === 'assistant')
  return turns.slice(last + 1).some(({ results }) => results.length > 0)
}

/** Whether the last assistant's turn, which an open loop continues, has its thinking. */
export function loopThinks(turns: readonly Turn[]): boolean {
  const last = turns.findLast(({ role }) => role === 'assistant')
  return last !== undefined && leadsWithThinking(last.blocks.map(({ type }) => type))
}

function lastSpoken(turns: readonly Turn[]): Turn | undefined {
  return turns.findLast(({ role }) => role !== 'system')
}

const serverTools: ReadonlySet<JsonValue | undefined> = new Set(['server_tool_use', 'mcp_tool_use'])

/** Whether the answer shall go on with words of the client's own. A paused turn of server tools is none. */
export function isPrefill(turns: readonly Turn[]): boolean {
  const last = lastSpoken(turns)
  return last?.role === 'assistant' && endsInWords(last.blocks.map(({ type }) => type))
}

/** Whether a turn of these blocks ends with words that are to be continued. */
export function endsInWords(types: readonly (JsonValue | undefined)[]): boolean {
  return types.at(-1) === 'text' && !types.some((type) => serverTools.has(type))
}

/** Names of the tools that are called in the history, as they were sent. */
export function calledTools(turns: readonly Turn[]): readonly string[] {
  const names = turns.flatMap(({ blocks }) =>
    blocks.filter(({ type }) => type === 'tool_use').map(({ name }) => String(name)),
  )
  return [...new Set(names)]
}
