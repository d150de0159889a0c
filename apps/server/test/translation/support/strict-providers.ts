import type { EncodedRequest } from '@jackfield/core'
import {
  startAnthropicFake,
  startGeminiFake,
  startOpenAIChatFake,
  startOpenAIResponsesFake,
} from '@jackfield/testkit'
import { dialects, type Protocol } from './protocols.ts'

/** A provider that refuses whatever its real model would refuse. */
export interface StrictProvider extends AsyncDisposable {
  /** What it says against a request; `undefined` where it answers. */
  complaint(sent: EncodedRequest, call: SentCall): Promise<string | undefined>
}

export interface SentCall {
  readonly model: string
  readonly stream: boolean
}

const key = 'sk-1'

const headers: Readonly<Record<Protocol, Readonly<Record<string, string>>>> = {
  chat: { authorization: `Bearer ${key}` },
  responses: { authorization: `Bearer ${key}` },
  anthropic: { 'x-api-key': key, 'anthropic-version': '2023-06-01' },
  gemini: { 'x-goog-api-key': key },
}

/** A provider and its models, which understand different things. */
export interface StrictProviderKind {
  readonly name: string
  readonly to: Protocol
  readonly models: readonly string[]
  /** Models before Gemini 3 demand no signatures, and refuse functions beside what Google runs itself. */
  readonly isOlder?: true
}

export const strictProviderKinds: readonly StrictProviderKind[] = [
  { name: 'Chat', to: 'chat', models: ['gpt-5.4', 'gpt-4o'] },
  { name: 'Responses', to: 'responses', models: ['gpt-5.4', 'gpt-4o'] },
  {
    name: 'Anthropic',
    to: 'anthropic',
    models: ['claude-sonnet-4-5', 'claude-opus-4-8', 'claude-3-5-haiku-20241022', 'glm-4.6'],
  },
  { name: 'Gemini', to: 'gemini', models: ['gemini-3-flash-preview', 'gemini-3-pro-preview'] },
  {
    name: 'Gemini 2.5',
    to: 'gemini',
    models: ['gemini-2.5-flash', 'gemini-2.5-pro', 'gemini-2.5-flash-lite'],
    isOlder: true,
  },
]

export async function startStrictProvider({
  to,
  models,
  isOlder,
}: StrictProviderKind): Promise<StrictProvider> {
  const older = isOlder ? ({ requiresSignatures: false, mixedTools: 'refused' } as const) : {}
  const fake = await start(to, { keys: { [key]: 'ok' }, models, ...older })
  return {
    async complaint({ body }, { model, stream }) {
      const path = dialects[to].requestPath({
        operation: 'chat',
        model,
        stream,
        framing: stream ? 'sse' : 'json',
      })
      const response = await fetch(`${fake.baseUrl}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers[to] },
        body: JSON.stringify(body),
      })
      const text = await response.text()
      return response.status === 200 ? undefined : `${response.status} ${text}`
    },
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  }
}

interface Options {
  readonly keys: Readonly<Record<string, 'ok'>>
  readonly models: readonly string[]
  readonly requiresSignatures?: boolean
  readonly mixedTools?: 'refused'
}

function start(to: Protocol, { requiresSignatures, mixedTools, ...options }: Options) {
  switch (to) {
    case 'chat':
      return startOpenAIChatFake(options)
    case 'responses':
      return startOpenAIResponsesFake(options)
    case 'anthropic':
      return startAnthropicFake(options)
    case 'gemini':
      return startGeminiFake({
        ...options,
        ...(requiresSignatures === undefined ? {} : { requiresSignatures }),
        ...(mixedTools === undefined ? {} : { mixedTools }),
      })
    default:
      return to satisfies never
  }
}
