import { anthropicMessage } from '../../fake/anthropic/anthropic-message.ts'
import { anthropicStream } from '../../fake/anthropic/anthropic-stream.ts'
import type { ChatAnswer } from '../../fake/openai/chat-answer.ts'
import { sseFrame } from '../../fake/sse-frame.ts'
import { batchesClient, messageCountClient, messagesClient } from './anthropic-client.ts'
import { anthropicOddities } from './anthropic-oddities.ts'
import { anthropicAnswerOf } from './anthropic-wire-answer.ts'
import { completionsClient, foreignClient } from './openai-client.ts'
import { countedTokens, type ProviderWire, type Spelling } from './provider-wire.ts'

/** Providers that speak Anthropic's messages. Usage comes at the start and at the end of a stream. */
export const anthropicProvider: ProviderWire = {
  dialect: 'anthropic-messages',
  client: messagesClient,
  foreign: foreignClient,
  completions: completionsClient,
  streamType: 'text/event-stream; charset=utf-8',
  asksForStream: (request) => (request.json() as { readonly stream?: unknown }).stream === true,
  body: (answer) => JSON.stringify(anthropicMessage(anthropicAnswerOf(answer))),
  frames: framesOf,
  opening: framesOf({ text: 'Begun.', usage: { promptTokens: 11, completionTokens: 4 } })
    .slice(0, 2)
    .join(''),
  delta: (text) =>
    event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
  tellsInputFirst: true,
  errorBody: (message) => JSON.stringify(errorOf(message)),
  errorEvent: (message) => event(errorOf(message)),
  counting: {
    client: messageCountClient,
    answer: JSON.stringify({ input_tokens: countedTokens }),
  },
  opaque: { client: batchesClient },
  oddities: anthropicOddities,
  spellings: spellingsOf,
}

function event(data: { readonly type: string } & Readonly<Record<string, unknown>>): string {
  return sseFrame(data, { event: data.type })
}

function errorOf(message: string) {
  return { type: 'error', error: { type: 'invalid_request_error', message }, request_id: null }
}

function framesOf(answer: ChatAnswer): readonly string[] {
  return anthropicStream(anthropicAnswerOf(answer))
}

function spellingsOf(answer: ChatAnswer): readonly Spelling[] {
  const said = anthropicAnswerOf(answer)
  const plain = anthropicStream(said).join('')
  const spell = (id: string, title: string, text: string): Spelling => ({
    id,
    title,
    bytes: Buffer.from(text),
  })
  return [
    spell('crlf', 'CRLF line ends', anthropicStream(said, { frame: { crlf: true } }).join('')),
    spell('cr', 'CR line ends', plain.replaceAll('\n', '\r')),
    spell(
      'tight',
      'no space after data:',
      anthropicStream(said, { frame: { tight: true } }).join(''),
    ),
    spell('comments', 'comments between events', plain.replaceAll('\n\n', '\n\n: waiting\n\n')),
    spell('bom', 'a byte order mark', `\u{feff}${plain}`),
    spell('empty-lines', 'more empty lines than needed', plain.replaceAll('\n\n', '\n\n\n\n')),
    spell(
      'split-data',
      'one event in several data lines',
      plain.replaceAll('"delta":', '\ndata: "delta":'),
    ),
  ]
}
