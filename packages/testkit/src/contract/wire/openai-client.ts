import type { Dialect, JsonObject } from '@jackfield/core'
import { openaiChat, openaiCompletions } from '@jackfield/dialect-openai'
import type { Client, ClientRequest } from './client.ts'
import { tools } from './tools.ts'

const functions = tools.map((tool) => ({ type: 'function', function: tool }))

/** A client of OpenAI's chat completions. */
export const chatClient: Client = {
  dialect: openaiChat,
  operation: 'chat',
  path: () => '/v1/chat/completions',
  settings: { temperature: 0.5, top_p: 0.9, max_tokens: 64 },
  body: (request) =>
    toBody(
      request,
      { messages: [{ role: 'user', content: request.text }] },
      request.tools ?? false,
    ),
}

/** A client of a protocol that no provider speaks, so that every call of it is translated. It writes as {@link chatClient} does. */
export const foreignClient: Client = {
  ...chatClient,
  dialect: { ...openaiChat, name: 'contract-client' } satisfies Dialect,
}

/** A client of OpenAI's legacy completions. */
export const completionsClient: Client = {
  dialect: openaiCompletions,
  operation: 'completions',
  path: () => '/v1/completions',
  body: (request) => toBody(request, { prompt: request.text }, false),
}

/** A client of OpenAI's embeddings. */
export const embeddingsClient: Client = {
  dialect: openaiChat,
  operation: 'embeddings',
  path: () => '/v1/embeddings',
  body: ({ model, text }) => Buffer.from(JSON.stringify({ model, input: text })),
}

/** A client of an operation that passes unread. */
export const imagesClient: Client = {
  dialect: openaiChat,
  operation: 'opaque',
  path: () => '/v1/images/generations',
  // Spelled as no serialiser would.
  body: ({ model, text }) =>
    Buffer.from(
      `{ "model": ${JSON.stringify(model)},"prompt" : ${JSON.stringify(text)}, "x": 1.50e1 }`,
    ),
}

function toBody(request: ClientRequest, conversation: JsonObject, withTools: boolean): Uint8Array {
  const { model, stream, includeUsage = true, extra } = request
  const body = {
    model,
    ...conversation,
    ...(stream ? { stream, ...(includeUsage && { stream_options: { include_usage: true } }) } : {}),
    ...(withTools && { tools: functions }),
    ...extra,
  }
  return Buffer.from(JSON.stringify(body))
}
