import { createHash } from 'node:crypto'
import type { JsonObject } from '../strict/rule.ts'
import { isObject, itemsOf } from '../strict/shape.ts'
import type { ChatAnswer, ChatToolCall } from './chat-answer.ts'
import { exampleOf } from './example-json.ts'

/**
 * What the fake model answers unless told otherwise; the same to the same conversation, whatever the model is called.
 *
 * - After tool results it repeats them. With tools it calls those whose names stand in the last user text, or the first one; only one
 *   when `parallel_tool_calls` is false; none when `tool_choice` is `none`. Arguments are an example of the tool's schema.
 * - With a `json_schema` format it gives an example of the schema.
 * - Otherwise `You said: <last user text>`, the number of images in it appended, cut at a stop word and at the token
 *   limit (a token is a word).
 */
export function defaultAnswer(request: JsonObject): ChatAnswer {
  const prompt = promptOf(request)
  const calls = prompt.results.length > 0 ? [] : toolCallsFor(request, prompt.text)
  const common = {
    id: `chatcmpl-${digest(request['messages'])}`,
    model: String(request['model']),
    choices: typeof request['n'] === 'number' ? request['n'] : 1,
  }
  const promptTokens = wordsOf(prompt.all).length
  if (calls.length > 0) {
    return { ...common, toolCalls: calls, usage: { promptTokens, completionTokens: calls.length } }
  }
  const { words, cut } = limited(wordsOf(saying(request, prompt)), request)
  return {
    ...common,
    text: words,
    finishReason: cut ? 'length' : 'stop',
    usage: { promptTokens, completionTokens: words.length },
  }
}

/** A short stable name for a JSON value. */
export function digest(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(value ?? null))
    .digest('hex')
    .slice(0, 12)
}

/** Words with the white space before them, so that they join to the same text. */
export function wordsOf(text: string): readonly string[] {
  return text.match(/\s*\S+/g) ?? []
}

/** The text of a message, and of its parts. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  return itemsOf(content)
    .map((part) => (isObject(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join(' ')
}

interface Prompt {
  readonly text: string
  readonly images: number
  readonly results: readonly string[]
  readonly all: string
}

function promptOf(request: JsonObject): Prompt {
  const messages = itemsOf(request['messages']).filter(isObject)
  const user = messages.findLast((message) => message['role'] === 'user')
  const lastOther = messages.findLastIndex((message) => message['role'] !== 'tool')
  const parts = itemsOf(user?.['content']).filter(isObject)
  return {
    text: textOf(user?.['content']).trim(),
    images: parts.filter((part) => part['type'] === 'image_url').length,
    results: messages.slice(lastOther + 1).map((message) => textOf(message['content'])),
    all: messages.map((message) => textOf(message['content'])).join(' '),
  }
}

function saying(request: JsonObject, prompt: Prompt): string {
  if (prompt.results.length > 0) return `Tool results: ${prompt.results.join(', ')}`
  const format = isObject(request['response_format']) ? request['response_format'] : {}
  if (format['type'] === 'json_object') return JSON.stringify({ said: prompt.text })
  const asked = isObject(format['json_schema']) ? format['json_schema'] : {}
  if (format['type'] === 'json_schema') return JSON.stringify(exampleOf(asked['schema']))
  const images = prompt.images > 0 ? ` (images: ${prompt.images})` : ''
  return `You said: ${prompt.text}${images}`
}

function limited(
  words: readonly string[],
  request: JsonObject,
): { readonly words: readonly string[]; readonly cut: boolean } {
  const stops = [request['stop']].flat().filter((stop) => typeof stop === 'string' && stop !== '')
  const text = words.join('')
  const ends = stops.map((stop) => text.indexOf(String(stop))).filter((position) => position >= 0)
  const kept = ends.length > 0 ? wordsOf(text.slice(0, Math.min(...ends))) : words
  const limit = request['max_completion_tokens'] ?? request['max_tokens']
  if (typeof limit !== 'number' || kept.length <= limit) return { words: kept, cut: false }
  return { words: kept.slice(0, limit), cut: true }
}

function toolCallsFor(request: JsonObject, text: string): readonly ChatToolCall[] {
  const choice = request['tool_choice']
  if (choice === 'none') return []
  const tools = itemsOf(request['tools'])
    .map((tool) => (isObject(tool) ? tool['function'] : undefined))
    .filter(isObject)
  const forced =
    isObject(choice) && isObject(choice['function']) ? choice['function']['name'] : undefined
  const named = tools.filter((tool) =>
    forced === undefined ? text.includes(String(tool['name'])) : tool['name'] === forced,
  )
  const chosen = named.length > 0 ? named : tools.slice(0, 1)
  const called = request['parallel_tool_calls'] === false ? chosen.slice(0, 1) : chosen
  return called.map((tool, index) => ({
    id: `call_${digest([request['messages'], index])}`,
    name: String(tool['name']),
    arguments: fragments(JSON.stringify(exampleOf(tool['parameters'] ?? { type: 'object' }))),
  }))
}

/** Arguments arrive in pieces that are not valid JSON by themselves. */
function fragments(text: string): readonly string[] {
  return text.match(/[\s\S]{1,8}/g) ?? []
}
