import { type RequestBodyOptions, requestBody } from './request-body.ts'

/** The key that the driver presents as a client; the gateway target is configured to require it. */
export const clientKey = 'bench-client-key-000000000000000000'

/** A request ready to be written any number of times. */
export interface PreparedRequest {
  readonly head: Buffer
  readonly body: Buffer
}

/** A chat completion request with the header fields that the official SDK sends. */
export function prepareChat(options: RequestBodyOptions): PreparedRequest {
  const body = requestBody(options)
  const fields = [
    'POST /v1/chat/completions HTTP/1.1',
    'host: 127.0.0.1',
    'connection: keep-alive',
    `accept: ${options.stream ? 'text/event-stream' : 'application/json'}`,
    'content-type: application/json',
    'user-agent: OpenAI/JS 7.50.0',
    'x-stainless-lang: js',
    'x-stainless-package-version: 7.50.0',
    'x-stainless-os: Linux',
    'x-stainless-arch: x64',
    'x-stainless-runtime: node',
    'x-stainless-runtime-version: v24.21.0',
    'x-stainless-retry-count: 0',
    'x-stainless-timeout: 600',
    `authorization: Bearer ${clientKey}`,
    `content-length: ${body.length}`,
  ]
  return { head: Buffer.from(`${fields.join('\r\n')}\r\n\r\n`), body }
}
