import { digest, wordsOf } from '../openai/default-answer.ts'
import { exampleOf } from '../openai/example-json.ts'
import type { JsonObject } from '../strict/rule.ts'
import { isObject, itemsOf } from '../strict/shape.ts'
import {
  type AnthropicAnswer,
  type AnthropicBlock,
  type AnthropicToolUse,
  joined,
} from './anthropic-answer.ts'
import { thinks } from './conversation.ts'
import { inputUsage, type Prompt, promptOf } from './prompt.ts'
import { searchBlocks } from './search-blocks.ts'

/**
 * What the fake model answers unless told otherwise; the same to the same conversation, whatever the model is called.
 *
 * - With thinking on, it thinks first: `Thinking of: <last user text>`, without the text for `display: omitted`, redacted when the
 *   last user text holds the word `redacted_thinking`.
 * - After tool results it repeats them. With tools it calls those whose names stand in the last user text, or the first one; only one
 *   with `disable_parallel_tool_use`; none with `tool_choice` `none`; the named one with `tool`. Inputs are an example of the tool's schema.
 * - A `web_search` tool is used by the provider, when the last user text names it.
 * - With `output_config.format` it gives an example of the schema.
 * - Otherwise `You said: <last user text>`, the numbers of images and documents in it appended, cut at a stop sequence and at the token limit (a
 *   token is a word).
 */
export function anthropicDefaultAnswer(request: JsonObject): AnthropicAnswer {
  const prompt = promptOf(request)
  const thought = thinks(request) ? [thoughtOf(request, prompt)] : []
  const said = answerTo(request, prompt)
  const thinkingTokens = thought.length === 0 ? undefined : wordsOf(prompt.text).length + 2
  return {
    id: `msg_${nameOf(request)}`,
    model: String(request['model']),
    ...said,
    blocks: [...thought, ...said.blocks],
    usage: {
      ...inputUsage(request),
      outputTokens: tokensOf(said.blocks) + (thinkingTokens ?? 0),
      ...(thinkingTokens !== undefined && { thinkingTokens }),
      ...(said.blocks.some(({ type }) => type === 'server_tool_use') && { webSearchRequests: 1 }),
    },
  }
}

/** A stable name for what is asked: messages, and whether to think of them. */
function nameOf(request: JsonObject, ...more: readonly unknown[]): string {
  return digest([request['messages'], request['thinking'] ?? null, ...more])
}

function thoughtOf(request: JsonObject, { text }: Prompt): AnthropicBlock {
  const thought = `Thinking of: ${text}`
  if (text.includes('redacted_thinking')) return { type: 'redacted_thinking', hidden: thought }
  const { thinking } = request
  const omitted = isObject(thinking) && thinking['display'] === 'omitted'
  return { type: 'thinking', thinking: omitted ? [] : wordsOf(thought) }
}

function answerTo(
  request: JsonObject,
  prompt: Prompt,
): Pick<AnthropicAnswer, 'blocks' | 'stopReason' | 'stopSequence'> {
  const calls = prompt.results.length > 0 ? [] : callsFor(request, prompt.text)
  if (calls.length > 0) return { blocks: calls }
  const found = searches(request, prompt) ? searchBlocks(prompt.text, nameOf(request)) : []
  if (found.length > 0) return { blocks: found, stopReason: 'end_turn' }
  const { words, ...end } = limited(saying(request, prompt), request)
  return { blocks: words.length === 0 ? [] : [{ type: 'text', text: words }], ...end }
}

function searches(request: JsonObject, { text, results }: Prompt): boolean {
  const choice = isObject(request['tool_choice']) ? request['tool_choice'] : {}
  const given = itemsOf(request['tools'])
    .filter(isObject)
    .some(({ name }) => name === 'web_search')
  return given && results.length === 0 && choice['type'] !== 'none' && text.includes('web_search')
}

function saying(request: JsonObject, prompt: Prompt): string {
  if (prompt.results.length > 0) return `Tool results: ${prompt.results.join(', ')}`
  const config = isObject(request['output_config']) ? request['output_config'] : {}
  const format = config['format'] ?? request['output_format']
  if (isObject(format)) return JSON.stringify(exampleOf(format['schema']))
  const images = prompt.images > 0 ? ` (images: ${prompt.images})` : ''
  const documents = prompt.documents > 0 ? ` (documents: ${prompt.documents})` : ''
  return `You said: ${prompt.text}${images}${documents}`
}

function limited(
  text: string,
  request: JsonObject,
): {
  readonly words: readonly string[]
  readonly stopReason: string
  readonly stopSequence?: string
} {
  const stops = itemsOf(request['stop_sequences']).filter((stop) => typeof stop === 'string')
  const found = stops
    .map((stop) => ({ stop, at: text.indexOf(stop) }))
    .filter(({ at }) => at >= 0)
    .sort((left, right) => left.at - right.at)[0]
  const words = wordsOf(found ? text.slice(0, found.at) : text)
  const limit = request['max_tokens']
  if (typeof limit === 'number' && words.length > limit) {
    return { words: words.slice(0, limit), stopReason: 'max_tokens' }
  }
  if (!found) return { words, stopReason: 'end_turn' }
  return { words, stopReason: 'stop_sequence', stopSequence: found.stop }
}

function callsFor(request: JsonObject, text: string): readonly AnthropicToolUse[] {
  const choice = isObject(request['tool_choice']) ? request['tool_choice'] : {}
  if (choice['type'] === 'none') return []
  const tools = itemsOf(request['tools']).filter(isObject).filter(isClients)
  const named = tools.filter(({ name }) =>
    choice['type'] === 'tool' ? name === choice['name'] : text.includes(String(name)),
  )
  const chosen =
    named.length > 0 || searches(request, promptOf(request)) ? named : tools.slice(0, 1)
  const called = choice['disable_parallel_tool_use'] === true ? chosen.slice(0, 1) : chosen
  return called.map((tool, index) => ({
    type: 'tool_use',
    id: `toolu_${nameOf(request, index)}`,
    name: String(tool['name']),
    input: fragments(JSON.stringify(exampleOf(tool['input_schema'] ?? { type: 'object' }))),
  }))
}

/** Whether the client runs a tool: its own, and those of the provider that work on the client's machine. */
function isClients(tool: JsonObject): boolean {
  const type = tool['type'] ?? 'custom'
  return type === 'custom' || /^(bash|text_editor|memory|computer)_\d+$/.test(String(type))
}

function tokensOf(blocks: readonly AnthropicBlock[]): number {
  const tokens = blocks.map((block) =>
    block.type === 'text' ? wordsOf(joined(block.text)).length : 1,
  )
  return tokens.reduce((total, count) => total + count, 0)
}

/** Inputs arrive in pieces that are not valid JSON by themselves. */
function fragments(text: string): readonly string[] {
  return text.match(/[\s\S]{1,8}/g) ?? []
}
