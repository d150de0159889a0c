import { gemini } from '@jackfield/dialect-gemini'
import type { Client, ClientRequest } from './client.ts'
import { tools } from './tools.ts'

const offered = [
  {
    functionDeclarations: tools.map(({ name, description, parameters }) => ({
      name,
      description,
      parametersJsonSchema: parameters,
    })),
  },
]

const pathTo = (method: string) => (request: ClientRequest) =>
  `/v1beta/models/${encodeURIComponent(request.model)}:${method}`

const contentsOf = (text: string) => [{ role: 'user', parts: [{ text }] }]

/** A client of Gemini's generations. Streams are asked for as events, as Google's SDK does. */
export const generateClient: Client = {
  dialect: gemini,
  operation: 'chat',
  path: (request) => pathTo(request.stream ? 'streamGenerateContent' : 'generateContent')(request),
  query: ({ stream }) => (stream ? 'alt=sse' : ''),
  settings: { generationConfig: { temperature: 0.5, topP: 0.9, maxOutputTokens: 64 } },
  body: ({ text, tools: wanted, extra }) =>
    json({ contents: contentsOf(text), ...(wanted && { tools: offered }), ...extra }),
}

/** A client that counts tokens. */
export const countTokensClient: Client = {
  dialect: gemini,
  operation: 'count-tokens',
  path: pathTo('countTokens'),
  body: ({ text }) => json({ contents: contentsOf(text) }),
}

/** A client of embeddings. */
export const embedContentClient: Client = {
  dialect: gemini,
  operation: 'embeddings',
  path: pathTo('embedContent'),
  body: ({ text }) => json({ content: { parts: [{ text }] } }),
}

/** A client of an operation that passes unread. */
export const cachedContentsClient: Client = {
  dialect: gemini,
  operation: 'opaque',
  path: () => '/v1beta/cachedContents',
  // Spelled as no serialiser would.
  body: ({ text }) =>
    Buffer.from(`{ "displayName" : ${JSON.stringify(text)},"contents": [], "x": 1.50e1 }`),
}

function json(body: object): Uint8Array {
  return Buffer.from(JSON.stringify(body))
}
