import { type ChatAnswer, wireUsage } from '../../fake/openai/chat-answer.ts'
import { chatCompletion } from '../../fake/openai/chat-completion.ts'
import { type ChatStreamStyle, chatStream } from '../../fake/openai/chat-stream.ts'
import { sseFrame } from '../../fake/sse-frame.ts'
import {
  chatClient,
  completionsClient,
  embeddingsClient,
  foreignClient,
  imagesClient,
} from './openai-client.ts'
import { openAIOddities } from './openai-oddities.ts'
import type { ProviderWire, Spelling } from './provider-wire.ts'

const head = {
  id: 'chatcmpl-contract',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'contract',
}

/** Providers that speak OpenAI's chat completions. */
export const openAIProvider: ProviderWire = {
  dialect: 'openai-chat',
  client: chatClient,
  foreign: foreignClient,
  completions: completionsClient,
  streamType: 'text/event-stream; charset=utf-8',
  asksForStream: (request) => (request.json() as { readonly stream?: unknown }).stream === true,
  body: (answer) => JSON.stringify(chatCompletion(answer)),
  frames: (answer) => framesOf(answer, {}),
  opening: sseFrame(chunkOf({ role: 'assistant', content: '' })),
  delta: (text) => sseFrame(chunk(text)),
  deltaWithUsage: (text, outputTokens) =>
    sseFrame({
      ...chunk(text),
      usage: wireUsage({ promptTokens: 11, completionTokens: outputTokens }),
    }),
  errorBody: (message) => JSON.stringify(errorOf(message)),
  errorEvent: (message) => sseFrame(errorOf(message)),
  embeddings: {
    client: embeddingsClient,
    answer: JSON.stringify({
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding: [0.25, -1.5e-3] }],
      model: 'contract',
      usage: { prompt_tokens: 4, total_tokens: 4 },
    }),
    inputTokens: 4,
  },
  opaque: { client: imagesClient },
  oddities: openAIOddities,
  spellings: spellingsOf,
}

function chunk(content: string): Record<string, unknown> {
  return chunkOf({ content })
}

function chunkOf(delta: Record<string, unknown>): Record<string, unknown> {
  const choice = { index: 0, delta, logprobs: null, finish_reason: null }
  return { ...head, choices: [choice] }
}

function errorOf(message: string): Record<string, unknown> {
  return { error: { message, type: 'invalid_request_error', param: null, code: null } }
}

function framesOf(answer: ChatAnswer, style: ChatStreamStyle): readonly string[] {
  return chatStream(answer, { usage: 'own-chunk', ...style })
}

function spellingsOf(answer: ChatAnswer): readonly Spelling[] {
  const plain = framesOf(answer, {}).join('')
  const spell = (id: string, title: string, text: string): Spelling => ({
    id,
    title,
    bytes: Buffer.from(text),
  })
  return [
    spell('crlf', 'CRLF line ends', framesOf(answer, { frame: { crlf: true } }).join('')),
    spell('cr', 'CR line ends', plain.replaceAll('\n', '\r')),
    spell('tight', 'no space after data:', framesOf(answer, { frame: { tight: true } }).join('')),
    spell(
      'comments',
      'comments between events',
      framesOf(answer, { comment: 'PROCESSING' }).join(''),
    ),
    spell('bom', 'a byte order mark', `\u{feff}${plain}`),
    spell('event-names', 'names of events', plain.replaceAll('data: {', 'event: chunk\ndata: {')),
    spell('empty-lines', 'more empty lines than needed', plain.replaceAll('\n\n', '\n\n\n\n')),
    spell(
      'split-data',
      'one event in several data lines',
      plain.replaceAll('"choices"', '\ndata: "choices"'),
    ),
  ]
}
