import {
  type FakeServer,
  type RecordedRequest,
  type ScriptStep,
  type Steps,
  startAnthropicFake,
  startGeminiFake,
  startInternLMFake,
  startOpenAIChatFake,
  startOpenAIResponsesFake,
} from '@jackfield/testkit'
import type { DialectName } from '../compatibility/client.ts'

/** What the healthy provider, or the healthy key, answers. */
export const otherText = 'The other one answers.'

/** A strict fake provider. */
export interface Fake extends AsyncDisposable {
  readonly server: FakeServer
  readonly baseUrl: string
}

export interface FakeOptions {
  readonly keys: Readonly<Record<string, 'ok'>>
  /** What is played instead of the steps of a good answer. */
  readonly play?: (steps: readonly ScriptStep[], request: RecordedRequest) => Steps
}

/** A provider of one protocol, and the backend of the gateway for it. */
export interface Provider {
  start(options: FakeOptions): Promise<Fake>
  /** Members of its backend in the configuration, besides address and keys. */
  readonly backend: object
  /** The key with which a request came. */
  keyOf(request: RecordedRequest): string | undefined
}

const models = ['fake-chat']

const bearer = ({ headers }: RecordedRequest): string | undefined =>
  headers['authorization']?.replace('Bearer ', '')

const chat: Provider = {
  start: (options) =>
    startOpenAIChatFake({ ...options, models, answer: () => ({ text: otherText }) }),
  backend: { type: 'openai-compatible' },
  keyOf: bearer,
}

const responses: Provider = {
  start: (options) =>
    startOpenAIResponsesFake({
      ...options,
      models,
      answer: () => ({ items: [{ type: 'message', text: otherText }] }),
    }),
  backend: { type: 'openai', dialect: 'openai-responses', speaks: ['openai-responses'] },
  keyOf: bearer,
}

const anthropic: Provider = {
  start: (options) =>
    startAnthropicFake({
      ...options,
      models,
      answer: () => ({ blocks: [{ type: 'text', text: otherText }] }),
    }),
  backend: { type: 'anthropic' },
  keyOf: ({ headers }) => headers['x-api-key'],
}

const gemini: Provider = {
  start: (options) =>
    startGeminiFake({ ...options, models, answer: () => ({ parts: [{ text: otherText }] }) }),
  backend: { type: 'gemini', speaks: ['gemini'] },
  keyOf: ({ headers }) => headers['x-goog-api-key'],
}

/** The four protocols. */
export const providers: Readonly<Record<DialectName, Provider>> = {
  'openai-chat': chat,
  'openai-responses': responses,
  'anthropic-messages': anthropic,
  gemini,
}

/** A provider of OpenAI’s chat completions whose bytes are not forwarded. */
export const unforwarded: Provider = {
  ...chat,
  backend: { type: 'openai-compatible', forward: false },
}

/** A provider of OpenAI’s chat completions that is never asked to stream. */
export const unstreamed: Provider = {
  ...chat,
  start: (options) =>
    startInternLMFake({ ...options, models, answer: () => ({ text: otherText }) }),
  backend: { type: 'internlm' },
}
