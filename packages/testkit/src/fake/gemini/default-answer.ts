import { digest, wordsOf } from '../openai/default-answer.ts'
import { exampleOf } from '../openai/example-json.ts'
import type { JsonObject } from '../strict/rule.ts'
import { isObject } from '../strict/shape.ts'
import type { GeminiAnswer, GeminiCallPart, GeminiTextPart } from './answer.ts'
import { configOf } from './config-rules.ts'
import { heldBy, type Turn, turnOf, turnsOf } from './conversation.ts'
import { declarationsOf, functionCalling } from './tool-rules.ts'

/**
 * What the fake model answers unless told otherwise; the same to the same conversation, and in the same words as the fake OpenAI. The
 * request is in camelCase.
 *
 * - After function responses it repeats them. With functions it calls those whose names stand in the last user text, or the first one;
 *   only allowed ones; none when the mode is `NONE`. Arguments are an example of the schema, and left out when there are none.
 * - With a response schema it gives an example of it.
 * - Otherwise `You said: <last user text>`, the number of images in it appended, cut at a stop sequence and at the token limit (a
 *   token is a word).
 * - With `includeThoughts` it thinks first, unless the budget is 0.
 */
export function defaultGeminiAnswer(request: JsonObject, model = 'fake-chat'): GeminiAnswer {
  const prompt = promptOf(request)
  const calls = prompt.results.length > 0 ? [] : callsFor(request, prompt.text)
  const thoughts = thoughtsFor(request, prompt.text)
  const said = limited(calls.length > 0 ? [] : wordsOf(saying(request, prompt)), request)
  const count = configOf(request)['candidateCount']
  return {
    parts: [
      ...(thoughts.length > 0 ? [{ text: thoughts, thought: true }] : []),
      ...calls,
      ...(said.words.length > 0 ? [{ text: said.words } satisfies GeminiTextPart] : []),
    ],
    finishReason: said.cut ? 'MAX_TOKENS' : 'STOP',
    usage: {
      promptTokens: wordsOf(prompt.all).length,
      candidateTokens: calls.length > 0 ? calls.length : said.words.length,
      ...(thoughts.length > 0 && { thoughtTokens: thoughts.length }),
    },
    modelVersion: model,
    responseId: `response-${digest(request['contents'])}`,
    candidates: typeof count === 'number' ? count : 1,
  }
}

/** The words of all that a request brings, counted as its tokens. */
export function promptTokensOf(request: JsonObject): number {
  return wordsOf(promptOf(request).all).length
}

interface Prompt {
  readonly text: string
  readonly images: number
  readonly results: readonly string[]
  readonly all: string
}

function promptOf(request: JsonObject): Prompt {
  const turns = turnsOf(request)
  const user = turns.findLast(
    (turn) => turn.role === 'user' && heldBy(turn, 'functionResponse').length === 0,
  )
  const system = isObject(request['systemInstruction']) ? request['systemInstruction'] : {}
  const last = turns.at(-1)
  return {
    text: textOf(user).trim(),
    images: (user?.parts ?? []).filter(({ part }) => isImage(part)).length,
    results: heldBy(last, 'functionResponse').map(resultText),
    all: [turnOf(system, 'systemInstruction'), ...turns].map(textOf).join(' '),
  }
}

function textOf(turn: Turn | undefined): string {
  return (turn?.parts ?? []).map(({ part }) => String(part['text'] ?? '')).join(' ')
}

/** Gemini, 4.3: the keys `output` and `error` are special, any other object is the output as a whole. */
function resultText({ response }: JsonObject): string {
  const whole = isObject(response) ? (response['output'] ?? response['error'] ?? response) : ''
  return typeof whole === 'string' ? whole : JSON.stringify(whole)
}

function isImage(part: JsonObject): boolean {
  return [part['inlineData'], part['fileData']].some(
    (data) => isObject(data) && String(data['mimeType']).startsWith('image/'),
  )
}

function saying(request: JsonObject, prompt: Prompt): string {
  if (prompt.results.length > 0) return `Tool results: ${prompt.results.join(', ')}`
  const config = configOf(request)
  const schema = config['responseJsonSchema'] ?? config['responseSchema']
  const example = schema === undefined ? { said: prompt.text } : exampleOf(lowerCaseTypes(schema))
  if (config['responseMimeType'] === 'text/x.enum') return String(example)
  if (config['responseMimeType'] === 'application/json') return JSON.stringify(example)
  const images = prompt.images > 0 ? ` (images: ${prompt.images})` : ''
  return `You said: ${prompt.text}${images}`
}

function limited(
  words: readonly string[],
  request: JsonObject,
): { readonly words: readonly string[]; readonly cut: boolean } {
  const { stopSequences, maxOutputTokens: limit } = configOf(request)
  const stops = Array.isArray(stopSequences) ? stopSequences : []
  const text = words.join('')
  const ends = stops.map((stop) => text.indexOf(String(stop))).filter((position) => position >= 0)
  const kept = ends.length > 0 ? wordsOf(text.slice(0, Math.min(...ends))) : words
  if (typeof limit !== 'number' || kept.length <= limit) return { words: kept, cut: false }
  return { words: kept.slice(0, limit), cut: true }
}

function thoughtsFor(request: JsonObject, text: string): readonly string[] {
  const thinking = configOf(request)['thinkingConfig']
  if (!isObject(thinking) || thinking['includeThoughts'] !== true) return []
  return thinking['thinkingBudget'] === 0 ? [] : wordsOf(`Thinking about: ${text}`)
}

function callsFor(request: JsonObject, text: string): readonly GeminiCallPart[] {
  const { mode, allowedFunctionNames: allowed } = functionCalling(request)
  if (mode === 'NONE') return []
  const functions = declarationsOf(request)
    .map(([declaration]) => declaration)
    .filter(({ name }) => !Array.isArray(allowed) || allowed.includes(name))
  const named = functions.filter(({ name }) => text.includes(String(name)))
  return (named.length > 0 ? named : functions.slice(0, 1)).map((declaration) => {
    const schema = declaration['parametersJsonSchema'] ?? declaration['parameters']
    const example = exampleOf(lowerCaseTypes(schema ?? {}))
    const args = isObject(example) && Object.keys(example).length > 0 ? { args: example } : {}
    return { functionCall: { name: String(declaration['name']), ...args } }
  })
}

/** Types stand in upper case on this wire. */
function lowerCaseTypes(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema), (key: string, value: unknown) =>
    key === 'type' && typeof value === 'string' ? value.toLowerCase() : value,
  )
}
