import type { StreamPart } from '../../src/chat/stream-part.ts'
import type { Dialect, EncodeContext, Tap } from '../../src/dialect.ts'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import { readValue } from '../../src/json/read.ts'
import { scanDocument } from '../../src/json/scan.ts'

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()
const bytes = (value: string) => Buffer.from(value)

/**
 * A protocol that is just enough for the pipeline: a body `{"model", "stream", "text"}`; an answer `{"said"}`, or a stream of
 * `data: <word>` frames that ends with `data: [end]` and tells failures as `data: [error] <code>`.
 */
export function tinyDialect(name = 'tiny'): Dialect {
  return {
    name,
    operations: new Set(['chat']),
    head(input) {
      if (!(input.body instanceof Uint8Array)) throw new GatewayError('invalid_request', 'no body')
      const document = scanDocument(input.body)
      const read = (member: string) => {
        const span = document.get(member)
        return span === undefined ? undefined : readValue(document.bytes, span)
      }
      const model = read('model')
      const stream = read('stream') === true
      return {
        operation: input.operation,
        stream,
        framing: stream ? 'sse' : 'json',
        includeUsage: false,
        document,
        ...(typeof model === 'string' ? { model } : {}),
      }
    },
    spans: () => ({ messages: [] }),
    editRequest: (body, _head, edit) =>
      edit.model === undefined
        ? body
        : bytes(JSON.stringify({ ...JSON.parse(text(body)), model: edit.model })),
    requestPath: () => '/tiny',
    chat: {
      decodeRequest(body, head) {
        const { text: said } = JSON.parse(text(body))
        return {
          model: head.model ?? '',
          stream: head.stream,
          includeUsage: false,
          messages: [{ role: 'user', content: [{ type: 'text', text: said }] }],
        }
      },
      encodeRequest: ({ model, stream, messages }) => ({
        body: { model, stream, text: JSON.stringify(messages) },
        dropped: [],
      }),
      decodeResponse: (body) => ({
        content: [{ type: 'text', text: JSON.parse(text(body)).said }],
        finish: { reason: 'stop' },
      }),
      encodeResponse: (response) =>
        bytes(
          JSON.stringify({
            said: response.content.map((part) => (part.type === 'text' ? part.text : '')).join(''),
          }),
        ),
      streamDecoder() {
        let open = false
        return {
          push: (chunk) =>
            text(chunk)
              .split('\n\n')
              .filter((frame) => frame !== '')
              .flatMap((frame): readonly StreamPart[] => {
                const word = frame.slice(6)
                if (word === '[end]') return [{ type: 'finish', reason: 'stop' }]
                const start: StreamPart[] = open ? [] : [{ type: 'text-start', id: 't' }]
                open = true
                return [...start, { type: 'text-delta', id: 't', text: word }]
              }),
          end: () => [],
        }
      },
      streamEncoder: (_context: EncodeContext) => ({
        push: (parts) =>
          bytes(
            parts
              .map((part) => {
                if (part.type === 'text-delta') return `data: ${part.text}\n\n`
                if (part.type === 'finish') return 'data: [end]\n\n'
                return part.type === 'error' ? `data: [error] ${part.error.code}\n\n` : ''
              })
              .join(''),
          ),
      }),
    },
    tap: () => tinyTap(),
    encodeError: (error) => ({
      status: error.status,
      headers: { 'content-type': 'application/json' },
      body: bytes(JSON.stringify({ code: error.code, message: error.message })),
    }),
    decodeError: ({ status }) => new GatewayError('upstream_error', `answered ${status}`),
    keepAlive: () => bytes(': wait\n\n'),
    requestHeaders: ['x-forwarded-too'],
    responseHeaders: ['x-provider-*'],
    streamValidator: () => ({ push: () => {}, end: () => {}, violations: [] }),
    validateResponse: () => [],
  }
}

function tinyTap(): Tap {
  let seen = ''
  return {
    push(chunk) {
      seen += text(chunk)
      return chunk
    },
    end: () => new Uint8Array(),
    interrupt: (error) => bytes(`data: [error] ${error.code}\n\n`),
    report: () => ({ complete: seen.includes('[end]') || seen.startsWith('{') }),
    get meaningful() {
      return /data: (?!\[)/.test(seen) || seen.includes('[end]')
    },
  }
}
