import {
  type AnswerSink,
  type BackendPlugin,
  createGateway,
  type Dialect,
  type Gateway,
  type Headers,
  type Operation,
} from '@jackfield/core'
import { openaiChat } from '@jackfield/dialect-openai'

/** A gateway with one backend, called `main`. */
export function gatewayWith<Options>(
  plugin: BackendPlugin<Options>,
  options: Options,
): Promise<Gateway> {
  return createGateway({
    config: { backends: [{ name: 'main', plugin: plugin as BackendPlugin, options }] },
  })
}

/** What a client got. */
export interface Got {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

export interface CallOptions {
  readonly dialect?: Dialect
  readonly operation?: Operation
  readonly path?: string
  readonly method?: string
}

/** One whole call of a client. */
export async function call(
  gateway: Gateway,
  body: object | undefined,
  options: CallOptions = {},
): Promise<Got> {
  const { dialect = openaiChat, operation = 'chat', method = 'POST' } = options
  const sink = new WholeAnswer()
  await gateway.handle(
    {
      operation,
      dialect,
      method,
      path: options.path ?? '/v1/chat/completions',
      query: '',
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) }),
      signal: new AbortController().signal,
    },
    sink,
  )
  return { status: sink.status, headers: sink.headers, text: Buffer.concat(sink.chunks).toString() }
}

class WholeAnswer implements AnswerSink {
  status = 0
  headers: Headers = {}
  readonly chunks: Uint8Array[] = []

  start(status: number, headers: Headers): void {
    this.status = status
    this.headers = headers
  }

  write(chunk: Uint8Array): boolean {
    this.chunks.push(chunk)
    return true
  }

  end(chunk?: Uint8Array): void {
    if (chunk !== undefined) this.chunks.push(chunk)
  }

  destroy(): void {
    throw new Error('the answer was broken off')
  }

  onDrain(): void {}
}
