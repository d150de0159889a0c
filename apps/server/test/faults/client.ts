import { type ClientRequest, type IncomingHttpHeaders, request } from 'node:http'
import OpenAI from 'openai'

/** What came over the client's connection. */
export interface Received {
  /** `0`: the connection ended before a status line. */
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** Whether the HTTP message was complete. */
  readonly whole: boolean
}

/** What the official SDK makes of it. */
export interface SdkView {
  readonly text: string
  readonly finishReason: string | null
  /** What it raised. */
  readonly error?: unknown
}

/** Posts a body on a connection of its own and reads the answer to its end, whichever it is. */
export function post(url: string, body: unknown): Promise<Received> {
  const { promise, resolve } = Promise.withResolvers<Received>()
  const call: ClientRequest = request(url, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json' },
  })
  call.on('error', () => resolve({ status: 0, headers: {}, body: Buffer.alloc(0), whole: false }))
  call.on('response', (response) => {
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    // A broken answer ends with an error; `close` follows in both cases.
    response.on('error', () => {})
    response.on('close', () =>
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: Buffer.concat(chunks),
        whole: response.complete,
      }),
    )
  })
  call.end(JSON.stringify(body))
  return promise
}

/** Reads what was received with the official SDK, as if it had made the call. */
export async function readWithSdk(
  received: Received,
  request: OpenAI.Chat.ChatCompletionCreateParams,
): Promise<SdkView> {
  const sdk = new OpenAI({
    baseURL: 'http://gateway.test/v1',
    apiKey: 'unused',
    maxRetries: 0,
    logLevel: 'off',
    fetch: async () => replay(received),
  })
  let text = ''
  let finishReason: string | null = null
  try {
    if (request.stream === true) {
      for await (const { choices } of await sdk.chat.completions.create(request)) {
        text += choices[0]?.delta.content ?? ''
        finishReason = choices[0]?.finish_reason ?? finishReason
      }
    } else {
      const { choices } = await sdk.chat.completions.create(request)
      text = choices[0]?.message.content ?? ''
      finishReason = choices[0]?.finish_reason ?? null
    }
    return { text, finishReason }
  } catch (error) {
    return { text, finishReason, error }
  }
}

function replay({ status, headers, body, whole }: Received): Response {
  if (status === 0) throw new TypeError('fetch failed')
  const stream = new ReadableStream({
    start(controller) {
      if (body.length > 0) controller.enqueue(new Uint8Array(body))
      if (whole) controller.close()
      else controller.error(new TypeError('terminated'))
    },
  })
  const fields = Object.entries(headers).map(([name, value]): [string, string] => [
    name,
    String(value),
  ])
  return new Response(stream, { status, headers: fields })
}
