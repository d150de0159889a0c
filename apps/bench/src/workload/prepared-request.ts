import { chatClient } from './protocols/chat.ts'
import { type RequestBodyOptions, requestBody } from './request-body.ts'

/** The key that the driver presents as a client; the gateway target is configured to require it. */
export const clientKey = 'bench-client-key-000000000000000000'

/** A request ready to be written any number of times. */
export interface PreparedRequest {
  readonly head: Buffer
  readonly body: Buffer
}

/** A request with the header fields that the protocol's official SDK sends. */
export function prepareRequest(options: RequestBodyOptions): PreparedRequest {
  const { stream, client = chatClient } = options
  const body = requestBody(options)
  const fields = [
    `POST ${client.path} HTTP/1.1`,
    'host: 127.0.0.1',
    'connection: keep-alive',
    `accept: ${stream ? 'text/event-stream' : 'application/json'}`,
    'content-type: application/json',
    ...client.fields(clientKey),
    `content-length: ${body.length}`,
  ]
  return { head: Buffer.from(`${fields.join('\r\n')}\r\n\r\n`), body }
}
