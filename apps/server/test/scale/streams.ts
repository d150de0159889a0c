import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'

/** A streamed answer that a client holds open. */
export interface OpenStream {
  readonly response: IncomingMessage
  /** Everything read so far. */
  text(): string
  /** Resolves when the text so far contains `part`. */
  contains(part: string): Promise<void>
  /** Leaves: closes the connection. */
  leave(): void
}

const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY })

/** Opens a stream; resolves when its head has come. */
export async function openStream(url: string, body: object): Promise<OpenStream> {
  const call = request(`${url}/v1/chat/completions`, {
    method: 'POST',
    agent,
    headers: { 'content-type': 'application/json' },
  })
  call.on('error', () => {}) // leaving early is what some tests do
  call.end(JSON.stringify({ ...body, stream: true }))
  const [response] = (await once(call, 'response')) as [IncomingMessage]
  let text = ''
  response.setEncoding('utf8')
  response.on('error', () => {})
  response.on('data', (chunk: string) => {
    text += chunk
  })
  return {
    response,
    text: () => text,
    async contains(part) {
      while (!text.includes(part)) await once(response, 'data')
    },
    leave: () => call.destroy(),
  }
}

/** A chat request whose user says `text`. */
export function saying(text: string, model = 'fake-chat'): object {
  return { model, messages: [{ role: 'user', content: text }] }
}
