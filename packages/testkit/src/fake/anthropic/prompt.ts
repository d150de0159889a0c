import { wordsOf } from '../openai/default-answer.ts'
import type { JsonObject } from '../strict/rule.ts'
import { isObject } from '../strict/shape.ts'
import type { AnthropicUsage } from './anthropic-answer.ts'
import { blocksOf, messageBlocks, type PlacedBlock, turnsOf, withInner } from './conversation.ts'

/** What the fake model sees of a request. */
export interface Prompt {
  /** The last text of the user. */
  readonly text: string
  /** How many images and documents stand beside it. */
  readonly images: number
  readonly documents: number
  /** The results of tools, when the request ends with some; images in them as `[image]`. */
  readonly results: readonly string[]
}

/** Reads the end of a conversation. */
export function promptOf(request: JsonObject): Prompt {
  const turns = turnsOf(request).filter(({ role }) => role === 'user')
  const results = turns.at(-1)?.blocks.filter(isResult) ?? []
  const asking = turns.findLast(({ blocks }) =>
    blocks.some(({ block }) => block['type'] === 'text'),
  )
  const blocks = asking?.blocks.map(({ block }) => block) ?? []
  const count = (type: string): number => blocks.filter((block) => block['type'] === type).length
  return {
    text: blocks
      .map((block) => (block['type'] === 'text' ? String(block['text']) : ''))
      .join(' ')
      .trim(),
    images: count('image'),
    documents: count('document'),
    results: results.map(({ block }) => resultText(block)),
  }
}

/** How many tokens a request has: a token is a word of a text, or of the JSON of anything else. */
export function countTokens(request: JsonObject): number {
  return sum(costsOf(request).map(({ tokens }) => tokens))
}

/**
 * The input side of the usage. What stands before the last `cache_control` is written to the cache, what stands before
 * the one before that is read from it.
 */
export function inputUsage(request: JsonObject): Omit<AnthropicUsage, 'outputTokens'> {
  const costs = costsOf(request)
  const marks = costs.flatMap(({ mark }, index) => (mark === undefined ? [] : [index + 1]))
  const [read, written] = [marks.at(-2) ?? 0, marks.at(-1) ?? 0]
  const between = (start: number, end?: number): number =>
    sum(costs.slice(start, end).map(({ tokens }) => tokens))
  const long = costs[written - 1]?.mark === '1h'
  const inputTokens = between(written)
  if (written === 0) return { inputTokens }
  return {
    inputTokens,
    cacheReadTokens: between(0, read),
    [long ? 'cacheCreation1hTokens' : 'cacheCreationTokens']: between(read, written),
  }
}

interface Cost {
  readonly tokens: number
  readonly mark?: string
}

function costsOf(request: JsonObject): readonly Cost[] {
  const { tools, system } = request
  const places = [
    ...blocksOf(tools, 'tools'),
    ...blocksOf(system, 'system'),
    ...messageBlocks(request),
  ]
  const costs = places.map(costOf)
  const last = costs.at(-1)
  if (!last || !isObject(request['cache_control'])) return costs
  return [...costs.slice(0, -1), { ...last, mark: markOf(request) ?? '5m' }]
}

function costOf(placed: PlacedBlock): Cost {
  const { block } = placed
  const json = JSON.stringify(block, (name, value) =>
    name === 'cache_control' ? undefined : value,
  )
  const tokens = wordsOf(block['type'] === 'text' ? String(block['text']) : json).length
  const mark = withInner(placed)
    .map((inner) => markOf(inner.block))
    .find((found) => found !== undefined)
  return { tokens, ...(mark !== undefined && { mark }) }
}

function markOf(block: JsonObject): string | undefined {
  const mark = block['cache_control']
  return isObject(mark) ? String(mark['ttl'] ?? '5m') : undefined
}

function isResult({ block }: PlacedBlock): boolean {
  return block['type'] === 'tool_result'
}

function resultText(block: JsonObject): string {
  const parts = blocksOf(block['content'], '').map(({ block: part }) =>
    part['type'] === 'text' ? String(part['text']) : `[${part['type']}]`,
  )
  return `${block['is_error'] === true ? 'error: ' : ''}${parts.join(' ')}`
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
