import { sseFrame } from '../sse-frame.ts'
import { field, type JsonObject, onlyWhen, type Rule, requiredField } from '../strict/rule.ts'
import {
  anyText,
  either,
  flag,
  integerIn,
  isObject,
  listOf,
  numberIn,
  shape,
  text,
} from '../strict/shape.ts'
import { wireUsage } from './chat-answer.ts'
import { digest, wordsOf } from './default-answer.ts'

const cites = 'OpenAI Chat, legacy text endpoint'

const tokens = listOf(integerIn(0), { min: 1 })

/** Rules about a legacy completions request. */
export const completionsRules = {
  'completions-model': requiredField('model', text(), cites),
  'completions-prompt': requiredField(
    'prompt',
    either(tokens, listOf(either(anyText, tokens), { min: 1 }), anyText),
    cites,
  ),
  'completions-max-tokens': field('max_tokens', integerIn(0), cites),
  'completions-temperature': field('temperature', numberIn(0, 2), cites),
  'completions-top-p': field('top_p', numberIn(0, 1), cites),
  'completions-n': field('n', integerIn(1, 128), cites),
  'completions-stop': field('stop', either(anyText, listOf(anyText, { max: 4 })), cites),
  'completions-suffix': field('suffix', anyText, cites),
  'completions-echo': field('echo', flag, cites),
  'completions-stream': field('stream', flag, cites),
  'completions-stream-options': field('stream_options', shape({}, { include_usage: flag }), cites),
  'completions-stream-options-need-stream': onlyWhen(
    'stream_options',
    (body) => body['stream'] === true,
    { message: 'is only allowed when stream is true', cites },
  ),
} as const satisfies Record<string, Rule>

/** The fields of a legacy completions request. A provider refuses others. */
export const completionsParameters: readonly string[] = [
  'model',
  'prompt',
  'suffix',
  'echo',
  'max_tokens',
  'temperature',
  'top_p',
  'n',
  'stop',
  'stream',
  'stream_options',
  'logprobs',
  'presence_penalty',
  'frequency_penalty',
  'best_of',
  'logit_bias',
  'seed',
  'user',
]

/** The body of a non-streamed answer: each prompt continued `n` times with `You said: <prompt>`, after the prompt when `echo` is set. */
export function completionAnswer(request: JsonObject): JsonObject {
  const choices = choicesOf(request)
  return {
    ...headOf(request),
    choices: choices.map((words, index) => choiceOf(words.join(''), index, 'stop')),
    usage: usageOf(request, choices),
  }
}

/** The same as a stream: a chunk per word, the finish reason in a chunk of its own, then usage when asked, then `[DONE]`. */
export function completionFrames(request: JsonObject): string[] {
  const choices = choicesOf(request)
  const options = request['stream_options']
  const withUsage = isObject(options) && options['include_usage'] === true
  const chunks = choices.flatMap((words, index) => [
    ...words.map((word) => choiceOf(word, index, null)),
    choiceOf('', index, 'stop'),
  ])
  const frames = chunks.map((choice) =>
    sseFrame({ ...headOf(request), choices: [choice], ...(withUsage && { usage: null }) }),
  )
  const usage = { ...headOf(request), choices: [], usage: usageOf(request, choices) }
  return [...frames, ...(withUsage ? [sseFrame(usage)] : []), sseFrame('[DONE]')]
}

function headOf(request: JsonObject): JsonObject {
  const id = `cmpl-${digest(request['prompt'])}`
  return { id, object: 'text_completion', created: 1_700_000_000, model: request['model'] }
}

function choiceOf(text: string, index: number, finish: string | null): JsonObject {
  return { index, text, logprobs: null, finish_reason: finish }
}

function choicesOf(request: JsonObject): readonly (readonly string[])[] {
  const times = Number(request['n'] ?? 1)
  return promptsOf(request).flatMap((prompt) => {
    const echo = request['echo'] === true ? `${prompt} ` : ''
    const words = wordsOf(`${echo}You said: ${prompt}`)
    return Array.from({ length: times }, () => words)
  })
}

/** A single text, a single list of token ids, or a list of either. */
function promptsOf(request: JsonObject): readonly string[] {
  const { prompt } = request
  const prompts = Array.isArray(prompt) && typeof prompt[0] !== 'number' ? prompt : [prompt]
  return prompts.map((one) => (typeof one === 'string' ? one : JSON.stringify(one ?? null)))
}

function usageOf(request: JsonObject, choices: readonly (readonly string[])[]): JsonObject {
  const promptTokens = promptsOf(request).reduce((sum, one) => sum + wordsOf(one).length, 0)
  return wireUsage({ promptTokens, completionTokens: choices.flat().length })
}
