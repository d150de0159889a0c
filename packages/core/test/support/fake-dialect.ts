import type { CallHead, CallInput, Framing, Operation } from '../../src/call.ts'
import type { FinishReason } from '../../src/chat/finish-reason.ts'
import type { ChatRequest } from '../../src/chat/request.ts'
import type { ChatResponse } from '../../src/chat/response.ts'
import type { StreamPart } from '../../src/chat/stream-part.ts'
import type {
  ChatCodec,
  Dialect,
  EncodeContext,
  StreamDecoder,
  StreamEncoder,
  Tap,
  TapReport,
} from '../../src/dialect.ts'
import type { RequestEdit } from '../../src/edit.ts'
import type { ErrorCode } from '../../src/errors/codes.ts'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import { scanDocument } from '../../src/json/scan.ts'
import type { JsonObject } from '../../src/json-value.ts'

/**
 * The smallest protocol that has everything that core looks at. Requests are JSON; whole answers are one line, streams
 * several: `{"start":"id"}`, `{"text":"…"}`, `{"usage":3}`, `{"error":"code"}`, `{"done":"stop"}`.
 */
export interface Line {
  readonly start?: string
  readonly text?: string
  readonly usage?: number
  readonly done?: FinishReason
  readonly error?: ErrorCode
}

export function line(value: Line): string {
  return `${JSON.stringify(value)}\n`
}

export const keepAliveLine = '\n'

export function createFakeDialect(name: string): Dialect {
  const operations: readonly Operation[] = ['chat', 'completions', 'embeddings', 'opaque']
  return {
    name,
    operations: new Set(operations),
    head: readHead,
    spans: (body) => {
      const text = Buffer.from(body).toString()
      const start = text.indexOf('"messages"')
      const range = { start, end: start + 30 }
      return { messages: start < 0 ? [] : [{ role: 'user', texts: [], others: 0, ...range }] }
    },
    editRequest,
    requestPath: ({ operation }) => `/${operation}`,
    chat,
    tap: (framing, options) => new FakeTap(framing, options?.hideUsage ?? false),
    encodeError: (error, form) => ({
      status: error.status,
      headers: {
        'content-type': 'application/json',
        ...(error.retryAfterMs === undefined
          ? {}
          : { 'retry-after': String(Math.ceil(error.retryAfterMs / 1_000)) }),
      },
      body: bytes(
        form === 'string' ? { error: error.message } : { code: error.code, message: error.message },
      ),
    }),
    decodeError: () => new GatewayError('upstream_error', 'The provider failed.'),
    keepAlive: () => Buffer.from(keepAliveLine),
    requestHeaders: ['x-request', 'x-vendor-*'],
    responseHeaders: ['x-response', 'x-limit-*'],
    streamValidator: () => ({ push: () => {}, end: () => {}, violations: [] }),
    validateResponse: () => [],
  }
}

function bytes(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}

function readHead({ body, operation, query }: CallInput): CallHead {
  if (!(body instanceof Uint8Array) || operation === 'opaque') {
    return { operation, stream: false, framing: 'opaque', includeUsage: true }
  }
  const document = scanOrRefuse(body)
  const { model, stream, usage } = parse(body)
  if (model !== undefined && typeof model !== 'string') {
    throw new GatewayError('invalid_request', '`model` must be a string.', { param: 'model' })
  }
  const framing: Framing = query === 'array' ? 'json-array' : 'sse'
  return {
    operation,
    ...(model === undefined ? {} : { model }),
    stream: stream === true,
    framing: stream === true ? framing : 'json',
    includeUsage: usage === true,
    document,
  }
}

function scanOrRefuse(body: Uint8Array) {
  try {
    return scanDocument(body)
  } catch (cause) {
    throw new GatewayError('invalid_request', 'The body is not JSON.', { cause })
  }
}

function parse(body: Uint8Array): JsonObject {
  return JSON.parse(Buffer.from(body).toString()) as JsonObject
}

function editRequest(body: Uint8Array, _head: CallHead, edit: RequestEdit): Uint8Array {
  const { model, overrides, defaults, includeUsage, patches = [], conversation = [] } = edit
  const texts = conversation.flatMap((one) => ('remove' in one ? [] : [one.insert]))
  const removed = conversation.flatMap((one) =>
    'remove' in one ? [`${one.remove} of ${one.message}`] : [],
  )
  const set = Object.fromEntries(
    patches.flatMap((patch) => ('set' in patch ? [[patch.set, patch.value]] : [])),
  )
  const changes = {
    ...(model === undefined ? {} : { model }),
    ...overrides,
    ...(includeUsage === true ? { usage: true } : {}),
    ...set,
    ...(texts.length === 0 ? {} : { texts }),
    ...(removed.length === 0 ? {} : { removed }),
  }
  if (Object.keys(changes).length === 0 && Object.keys(defaults ?? {}).length === 0) return body
  return bytes({ ...defaults, ...parse(body), ...changes })
}

const chat: ChatCodec = {
  decodeRequest(body): ChatRequest {
    const { model, stream, usage, text, texts, candidates } = parse(body)
    return {
      model: String(model),
      stream: stream === true,
      includeUsage: usage === true,
      messages: [{ role: 'user', content: [{ type: 'text', text: String(texts ?? text) }] }],
      ...(typeof candidates === 'number' ? { candidates } : {}),
    }
  },
  encodeRequest({ model, stream, includeUsage, temperature, messages }) {
    const [first] = messages
    const content = first?.content[0]
    const text = content?.type === 'text' ? content.text : ''
    return {
      body: {
        model,
        stream,
        text,
        ...(includeUsage ? { usage: true } : {}),
        ...(temperature === undefined ? {} : { temperature }),
      },
      dropped: text === 'drop' ? ['naïve'] : [],
    }
  },
  decodeResponse(body): ChatResponse {
    const { text, usage, done, error } = parse(body) as Line
    if (error !== undefined) throw failure(error)
    return {
      content: text === undefined ? [] : [{ type: 'text', text }],
      finish: { reason: done ?? 'stop' },
      ...(usage === undefined ? {} : { usage: { outputTokens: usage } }),
    }
  },
  encodeResponse({ content, usage, finish }) {
    const text = content.map((part) => (part.type === 'text' ? part.text : '')).join('')
    if (text === 'unencodable') throw new TypeError('cannot encode')
    return bytes({
      text,
      ...(usage?.outputTokens === undefined ? {} : { usage: usage.outputTokens }),
      done: finish.reason,
    })
  },
  streamDecoder: () => new FakeDecoder(),
  streamEncoder: (context) => new FakeEncoder(context),
}

function failure(code: ErrorCode): GatewayError {
  return new GatewayError(code, `The provider said ${code}.`)
}

/** Complete lines of what came so far. */
class Lines {
  rest = ''

  push(chunk: Uint8Array): readonly Line[] {
    const lines = (this.rest + Buffer.from(chunk).toString()).split('\n')
    this.rest = lines.pop() ?? ''
    return lines.filter((text) => text !== '').map((text) => JSON.parse(text) as Line)
  }
}

class FakeDecoder implements StreamDecoder {
  readonly #lines = new Lines()
  #open = false

  push(chunk: Uint8Array): readonly StreamPart[] {
    return this.#lines.push(chunk).flatMap((one) => this.#parts(one))
  }

  end(): readonly StreamPart[] {
    return []
  }

  #parts({ start, text, usage, done, error }: Line): StreamPart[] {
    const parts: StreamPart[] = []
    if (start !== undefined) parts.push({ type: 'start', id: start })
    if (text !== undefined) {
      if (!this.#open) parts.push({ type: 'text-start', id: 't' })
      this.#open = true
      parts.push({ type: 'text-delta', id: 't', text })
    }
    if (usage !== undefined) parts.push({ type: 'usage', usage: { outputTokens: usage } })
    if (error !== undefined) parts.push({ type: 'error', error: failure(error) })
    if (done !== undefined) {
      if (this.#open) parts.push({ type: 'text-end', id: 't' })
      parts.push({ type: 'finish', reason: done })
    }
    return parts
  }
}

class FakeEncoder implements StreamEncoder {
  readonly #context: EncodeContext
  #over = false

  constructor(context: EncodeContext) {
    this.#context = context
  }

  push(parts: readonly StreamPart[]): Uint8Array {
    return Buffer.from(parts.map((part) => this.#encode(part)).join(''))
  }

  #encode(part: StreamPart): string {
    if (this.#over) throw new TypeError('nothing may follow the end of a stream')
    switch (part.type) {
      case 'start':
        return line({ start: part.id ?? this.#context.id })
      case 'text-delta':
        if (part.text === 'unencodable') throw new TypeError('cannot encode')
        return line({ text: part.text })
      case 'usage':
        return this.#context.includeUsage ? line({ usage: part.usage.outputTokens ?? 0 }) : ''
      case 'error':
        this.#over = true
        return line({ error: part.error.code })
      case 'finish':
        this.#over = true
        return line({ done: part.reason })
      default:
        return ''
    }
  }
}

class FakeTap implements Tap {
  readonly #framing: Framing
  readonly #hideUsage: boolean
  readonly #lines = new Lines()
  #report: TapReport = { complete: false }
  #deltas = 0
  meaningful = false

  constructor(framing: Framing, hideUsage: boolean) {
    this.#framing = framing
    this.#hideUsage = hideUsage
  }

  push(chunk: Uint8Array): Uint8Array {
    const whole = this.#framing === 'json' ? Buffer.concat([chunk, Buffer.from('\n')]) : chunk
    const seen = this.#lines.push(whole)
    for (const one of seen) this.#see(one)
    return Buffer.from(
      seen
        .filter(({ usage }) => !this.#hideUsage || usage === undefined)
        .map(line)
        .join(''),
    )
  }

  end(): Uint8Array {
    return Buffer.from(this.#lines.rest)
  }

  interrupt(error: GatewayError): Uint8Array {
    if (this.#report.complete) throw new TypeError('nothing may follow the end of a stream')
    return Buffer.from(line({ error: error.code }))
  }

  report(): TapReport {
    const { usage } = this.#report
    if (usage !== undefined || this.#deltas === 0) return this.#report
    return { ...this.#report, estimate: { outputTokens: this.#deltas } }
  }

  #see({ start, text, usage, done, error }: Line): void {
    if (start !== undefined) this.#report = { ...this.#report, responseId: start }
    if (text !== undefined) {
      this.meaningful ||= text !== ''
      this.#deltas += 1
    }
    if (usage !== undefined) this.#report = { ...this.#report, usage: { outputTokens: usage } }
    if (error !== undefined) this.#report = { ...this.#report, error: failure(error) }
    if (done !== undefined) {
      this.meaningful = true
      this.#report = { ...this.#report, complete: true, finish: { reason: done } }
    }
  }
}
