import type { ChatRequest, Dialect, EncodeContext, Framing, JsonObject } from '@jackfield/core'
import { anthropicMessages } from '@jackfield/dialect-anthropic'
import { gemini } from '@jackfield/dialect-gemini'
import { openaiChat, openaiResponses } from '@jackfield/dialect-openai'

/** The four protocols between which everything is translated, in the order of the tables. */
export const protocols = ['chat', 'responses', 'anthropic', 'gemini'] as const

export type Protocol = (typeof protocols)[number]

export const dialects: Readonly<Record<Protocol, Dialect>> = {
  chat: openaiChat,
  responses: openaiResponses,
  anthropic: anthropicMessages,
  gemini,
}

export const titles: Readonly<Record<Protocol, string>> = {
  chat: 'Chat',
  responses: 'Responses',
  anthropic: 'Anthropic',
  gemini: 'Gemini',
}

/** A model that each protocol's own provider has. */
export const models: Readonly<Record<Protocol, string>> = {
  chat: 'gpt-5.4',
  responses: 'gpt-5.4',
  anthropic: 'claude-sonnet-4-5',
  gemini: 'gemini-3-flash-preview',
}

/** Every client with every provider. */
export const pairs: readonly (readonly [from: Protocol, to: Protocol])[] = protocols.flatMap(
  (from) => protocols.map((to) => [from, to] as const),
)

const paths: Readonly<Record<Protocol, string>> = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  anthropic: '/v1/messages',
  gemini: '/v1beta/models',
}

/** A body in a client's words as the canonical request, the way a frontend and the core read it. */
export function decodeWire(
  from: Protocol,
  wire: JsonObject,
  { model, stream }: Pick<ChatRequest, 'model' | 'stream'>,
): ChatRequest {
  const dialect = dialects[from]
  const body = Buffer.from(JSON.stringify(wire))
  const head = dialect.head({
    operation: 'chat',
    dialect,
    method: 'POST',
    path: from === 'gemini' ? geminiPath(model, stream) : paths[from],
    query: from === 'gemini' && stream ? 'alt=sse' : '',
    headers: { 'content-type': 'application/json' },
    body,
    signal: new AbortController().signal,
  })
  return dialect.chat.decodeRequest(body, head)
}

function geminiPath(model: string, stream: boolean): string {
  return `${paths.gemini}/${model}:${stream ? 'streamGenerateContent' : 'generateContent'}`
}

/** What an answer is told of its call. */
export function contextFor(to: Protocol, framing: Framing): EncodeContext {
  return {
    model: models[to],
    id: '1',
    created: 1_700_000_000,
    framing,
    includeUsage: true,
  }
}
