import { geminiSse } from '../../fake/gemini/frames.ts'
import { geminiChunks, geminiResponse } from '../../fake/gemini/response.ts'
import type { ChatAnswer } from '../../fake/openai/chat-answer.ts'
import {
  cachedContentsClient,
  countTokensClient,
  embedContentClient,
  generateClient,
} from './gemini-client.ts'
import { geminiOddities } from './gemini-oddities.ts'
import { geminiAnswerOf } from './gemini-wire-answer.ts'
import { completionsClient, foreignClient } from './openai-client.ts'
import { countedTokens, type ProviderWire, type Spelling } from './provider-wire.ts'

const head = { modelVersion: 'contract', responseId: 'response-contract' }

/** Providers that speak Gemini's protocol. Streams are events with CRLF line ends. */
export const geminiProvider: ProviderWire = {
  dialect: 'gemini',
  client: generateClient,
  foreign: foreignClient,
  completions: completionsClient,
  streamType: 'text/event-stream',
  asksForStream: ({ path }) => path.endsWith(':streamGenerateContent'),
  body: (answer) => JSON.stringify(geminiResponse(geminiAnswerOf(answer))),
  frames: framesOf,
  opening: frame(chunk('')),
  delta: (text) => frame(chunk(text)),
  deltaWithUsage: (text, outputTokens) =>
    frame({
      ...chunk(text),
      usageMetadata: {
        promptTokenCount: 11,
        candidatesTokenCount: outputTokens,
        totalTokenCount: 11 + outputTokens,
      },
    }),
  errorBody: (message) => JSON.stringify(errorOf(message)),
  errorEvent: (message) => frame(errorOf(message)),
  counting: {
    client: countTokensClient,
    answer: JSON.stringify({ totalTokens: countedTokens }),
  },
  embeddings: {
    client: embedContentClient,
    answer: JSON.stringify({ embedding: { values: [0.25, -1.5e-3] } }),
  },
  opaque: { client: cachedContentsClient },
  oddities: geminiOddities,
  spellings: spellingsOf,
}

function frame(data: unknown): string {
  return geminiSse([data]).join('')
}

function chunk(text: string) {
  return { candidates: [{ content: { parts: [{ text }], role: 'model' }, index: 0 }], ...head }
}

function errorOf(message: string) {
  return { error: { code: 400, message, status: 'INVALID_ARGUMENT' } }
}

function framesOf(answer: ChatAnswer): readonly string[] {
  return geminiSse(geminiChunks(geminiAnswerOf(answer)))
}

function spellingsOf(answer: ChatAnswer): readonly Spelling[] {
  const chunks = geminiChunks(geminiAnswerOf(answer))
  const lf = geminiSse(chunks, { crlf: false }).join('')
  const spell = (id: string, title: string, text: string): Spelling => ({
    id,
    title,
    bytes: Buffer.from(text),
  })
  return [
    spell('lf', 'LF line ends', lf),
    spell('cr', 'CR line ends', lf.replaceAll('\n', '\r')),
    spell('tight', 'no space after data:', lf.replaceAll('data: ', 'data:')),
    spell('comments', 'comments between events', lf.replaceAll('\n\n', '\n\n: waiting\n\n')),
    spell('bom', 'a byte order mark', `\u{feff}${lf}`),
    spell('event-names', 'names of events', lf.replaceAll('data: {', 'event: chunk\ndata: {')),
    spell('empty-lines', 'more empty lines than needed', lf.replaceAll('\n\n', '\n\n\n\n')),
    spell(
      'split-data',
      'one event in several data lines',
      lf.replaceAll('"content":', '\ndata: "content":'),
    ),
  ]
}
