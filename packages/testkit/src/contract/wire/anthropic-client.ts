import { anthropicMessages } from '@jackfield/dialect-anthropic'
import type { Client, ClientRequest } from './client.ts'
import { tools } from './tools.ts'

const offered = tools.map(({ name, description, parameters }) => ({
  name,
  description,
  input_schema: parameters,
}))

/** A client of Anthropic's messages. */
export const messagesClient: Client = {
  dialect: anthropicMessages,
  operation: 'chat',
  path: () => '/v1/messages',
  settings: { temperature: 0.5, max_tokens: 64 },
  body({ model, text, stream, tools: wanted, extra }) {
    const asked = { model, max_tokens: 1024, messages: [{ role: 'user', content: text }] }
    return json({
      ...asked,
      ...(stream && { stream }),
      ...(wanted && { tools: offered }),
      ...extra,
    })
  },
}

/** A client that counts tokens. */
export const messageCountClient: Client = {
  dialect: anthropicMessages,
  operation: 'count-tokens',
  path: () => '/v1/messages/count_tokens',
  body: ({ model, text }) => json({ model, messages: [{ role: 'user', content: text }] }),
}

/** A client of an operation that passes unread. */
export const batchesClient: Client = {
  dialect: anthropicMessages,
  operation: 'opaque',
  path: () => '/v1/messages/batches',
  // Spelled as no serialiser would.
  body: ({ model, text }: ClientRequest) =>
    Buffer.from(
      `{ "model": ${JSON.stringify(model)},"requests" : [${JSON.stringify(text)}], "x": 1.50e1 }`,
    ),
}

function json(body: object): Uint8Array {
  return Buffer.from(JSON.stringify(body))
}
