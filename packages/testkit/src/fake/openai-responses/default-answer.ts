import { wordsOf } from '../openai/default-answer.ts'
import { exampleOf } from '../openai/example-json.ts'
import type { JsonObject } from '../strict/rule.ts'
import { isObject, itemsOf } from '../strict/shape.ts'
import type { ResponsesAnswer, ResponsesItem } from './answer.ts'
import { typeOf } from './conversation.ts'
import { isPresent } from './is-present.ts'

/**
 * What the fake model answers unless told otherwise; the same to the same conversation, whatever the model is called.
 * `conversation` is what it is shown, stored items included.
 *
 * - It thinks first when `reasoning` is asked for with an effort other than `none`, aloud when a summary is asked for.
 * - After a `compaction_trigger` it gives a `compaction` item and nothing else.
 * - After tool outputs it repeats them. With function or custom tools it calls those whose names stand in the last user text, or the first one;
 *   only one when `parallel_tool_calls` is false; none when `tool_choice` is `none`. Arguments are an example of the tool's schema.
 * - With a `json_schema` format it gives an example of the schema.
 * - Otherwise `You said: <last user text>`, the number of images in it appended, cut at `max_output_tokens` (a token is a word).
 */
export function defaultResponsesAnswer(
  request: JsonObject,
  conversation: readonly JsonObject[],
): ResponsesAnswer {
  const prompt = promptOf(conversation)
  if (conversation.at(-1)?.['type'] === 'compaction_trigger') return compacted(prompt)
  const thoughts = thinking(request, prompt)
  const thought = thoughts.flatMap(({ summary = [] }) => summary.flat())
  const calls = prompt.results.length > 0 ? [] : callsFor(request, conversation, prompt)
  const words = wordsOf(saying(request, prompt))
  const limit = request['max_output_tokens']
  const cut = calls.length === 0 && typeof limit === 'number' && words.length > limit
  const text = cut ? words.slice(0, limit) : words
  const reasoningTokens = thoughts.length === 0 ? 0 : thought.length + 1
  return {
    items: [...thoughts, ...(calls.length > 0 ? calls : [{ type: 'message' as const, text }])],
    ...(cut && { incompleteReason: 'max_output_tokens' }),
    usage: {
      inputTokens: wordsOf(prompt.all).length,
      outputTokens: reasoningTokens + (calls.length > 0 ? calls.length : text.length),
      reasoningTokens,
    },
  }
}

function compacted(prompt: Prompt): ResponsesAnswer {
  return {
    items: [{ type: 'raw', item: { type: 'compaction' } }],
    usage: { inputTokens: wordsOf(prompt.all).length, outputTokens: 1 },
  }
}

/** The words of all the items that a model is shown, and of the instructions. */
export function countTokens(request: JsonObject, conversation: readonly JsonObject[]): number {
  const instructions = String(request['instructions'] ?? '')
  return wordsOf(`${instructions} ${promptOf(conversation).all}`).length
}

interface Prompt {
  readonly text: string
  readonly images: number
  readonly results: readonly string[]
  readonly all: string
}

function promptOf(conversation: readonly JsonObject[]): Prompt {
  const user = conversation.findLast((item) => item['role'] === 'user')
  const lastOther = conversation.findLastIndex((item) => !typeOf(item).endsWith('_call_output'))
  const results = conversation.slice(lastOther + 1)
  const parts = itemsOf(user?.['content']).filter(isObject)
  return {
    text: textOf(user?.['content']).trim(),
    images: parts.filter((part) => part['type'] === 'input_image').length,
    results: results.map((item) => textOf(item['output'])),
    all: conversation.map((item) => textOf(item['content'] ?? item['output'])).join(' '),
  }
}

/** The text of an item's content, or of its parts. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  return itemsOf(content)
    .map((part) => (isObject(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join(' ')
}

function thinking(
  request: JsonObject,
  prompt: Prompt,
): readonly Extract<ResponsesItem, { type: 'reasoning' }>[] {
  const { reasoning } = request
  if (!isObject(reasoning) || reasoning['effort'] === 'none') return []
  const aloud = isPresent(reasoning['summary']) || isPresent(reasoning['generate_summary'])
  const summary = [wordsOf(`The user says ${prompt.text}`)]
  return [{ type: 'reasoning', ...(aloud && { summary }) }]
}

function saying(request: JsonObject, prompt: Prompt): string {
  if (prompt.results.length > 0) return `Tool results: ${prompt.results.join(', ')}`
  const text = isObject(request['text']) ? request['text'] : {}
  const format = isObject(text['format']) ? text['format'] : {}
  if (format['type'] === 'json_object') return JSON.stringify({ said: prompt.text })
  if (format['type'] === 'json_schema') return JSON.stringify(exampleOf(format['schema']))
  const images = prompt.images > 0 ? ` (images: ${prompt.images})` : ''
  return `You said: ${prompt.text}${images}`
}

/** A tool that the client runs, and the namespace that it is in. */
interface OwnTool {
  readonly tool: JsonObject
  readonly namespace?: string
}

function callsFor(
  request: JsonObject,
  conversation: readonly JsonObject[],
  prompt: Prompt,
): readonly ResponsesItem[] {
  const choice = request['tool_choice']
  if (choice === 'none') return []
  const brought = conversation.flatMap((item) => itemsOf(item['tools']))
  const tools = ownTools([...itemsOf(request['tools']), ...brought])
  const allowed = tools.filter(({ tool }) => isAllowed(tool, choice))
  const forced = isObject(choice) && typeof choice['name'] === 'string'
  const named = allowed.filter(({ tool }) => forced || prompt.text.includes(String(tool['name'])))
  const chosen = named.length > 0 ? named : allowed.slice(0, 1)
  const called = request['parallel_tool_calls'] === false ? chosen.slice(0, 1) : chosen
  return called.map(({ tool, namespace }) => {
    const name = String(tool['name'])
    if (tool['type'] === 'custom') {
      return { type: 'custom_tool_call', name, input: wordsOf(prompt.text) }
    }
    const text = JSON.stringify(exampleOf(tool['parameters'] ?? { type: 'object' }))
    const pieces = text.match(/[\s\S]{1,8}/g) ?? []
    return {
      type: 'function_call',
      name,
      ...(namespace && { namespace }),
      arguments: pieces,
    }
  })
}

function ownTools(tools: readonly unknown[]): readonly OwnTool[] {
  return tools.filter(isObject).flatMap((tool): readonly OwnTool[] => {
    const type = tool['type']
    if (type === 'function' || type === 'custom') return [{ tool }]
    if (type !== 'namespace') return []
    const namespace = String(tool['name'])
    return itemsOf(tool['tools'])
      .filter(isObject)
      .map((inner) => ({ tool: inner, namespace }))
  })
}

/** Whether a choice allows a tool: a name only that one, a list those in it, a hosted type none. */
function isAllowed(tool: JsonObject, choice: unknown): boolean {
  if (!isObject(choice)) return true
  if (choice['type'] === 'allowed_tools') {
    return itemsOf(choice['tools']).some(
      (entry) => isObject(entry) && entry['name'] === tool['name'],
    )
  }
  return choice['type'] === tool['type'] && choice['name'] === tool['name']
}
