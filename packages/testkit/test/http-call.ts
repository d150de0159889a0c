import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'

/** An answer read to its end with the plain HTTP client. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
  json(): unknown
}

/** One call; the connection is not used again. Rejects with the socket's or the parser's error. */
export function httpCall(
  url: string,
  options: {
    readonly method?: string
    readonly headers?: Readonly<Record<string, string | readonly string[]>>
    readonly body?: unknown
  } = {},
): Promise<HttpAnswer> {
  const { body } = options
  const bytes = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const headers = {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...options.headers,
    } as Record<string, string>
    const method = options.method ?? (body === undefined ? 'GET' : 'POST')
    const call = httpRequest(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        const status = response.statusCode ?? 0
        resolve({ status, headers: response.headers, body: text, json: () => JSON.parse(text) })
      })
    })
    call.on('error', reject)
    call.end(bytes)
  })
}

/** The `data:` payloads of a stream that are JSON. */
export function events(body: string): readonly Record<string, unknown>[] {
  const payloads = body.split('\n\n').map((frame) => frame.replace(/^data: /, ''))
  return payloads.filter((text) => text.startsWith('{')).map((text) => JSON.parse(text))
}
