import type { Backend, BackendContext, BackendPlugin, VirtualContext } from '../../src/backend.ts'
import type { AnswerSink, Headers } from '../../src/body.ts'
import type { CallInput } from '../../src/call.ts'
import type { ChatRequest } from '../../src/chat/request.ts'
import type { StreamPart } from '../../src/chat/stream-part.ts'
import { fixedTargets } from '../../src/pool/target.ts'
import { tinyDialect } from './tiny-dialect.ts'

/** What a client got. */
export interface Received {
  readonly status: number | undefined
  readonly headers: Headers
  readonly text: string
  /** How the answer stopped; absent while it is open. */
  readonly ending: 'end' | 'destroy' | undefined
}

/** A sink that remembers everything, and takes everything at once. */
export function recordingSink(): AnswerSink & { readonly received: Received } {
  let status: number | undefined
  let headers: Headers = {}
  let text = ''
  let ending: Received['ending']
  const take = (chunk?: Uint8Array) => {
    if (ending !== undefined) throw new Error('written after the end')
    text += Buffer.from(chunk ?? []).toString()
  }
  return {
    start(given, fields) {
      if (status !== undefined) throw new Error('started twice')
      status = given
      headers = fields
    },
    write(chunk) {
      take(chunk)
      return true
    },
    end(chunk) {
      take(chunk)
      ending = 'end'
    },
    destroy() {
      ending = 'destroy'
    },
    onDrain: () => {},
    get received() {
      return { status, headers, text, ending }
    },
  }
}

const dialect = tinyDialect()

/** A call of the tiny protocol. */
export function tinyCall(
  body: { readonly model?: string; readonly stream?: boolean; readonly text?: string },
  options: { readonly headers?: Headers; readonly signal?: AbortSignal } = {},
): CallInput {
  return {
    operation: 'chat',
    dialect,
    method: 'POST',
    path: '/tiny',
    query: '',
    headers: options.headers ?? {},
    body: Buffer.from(JSON.stringify({ text: 'hello', ...body })),
    signal: options.signal ?? new AbortController().signal,
  }
}

/** What a virtual test backend does with a request. */
export type Chat = (
  request: ChatRequest,
  context: VirtualContext,
) => AsyncIterable<readonly StreamPart[]>

/** The parts of an answer that says these words, one batch each. */
export async function* saying(...words: readonly string[]): AsyncGenerator<readonly StreamPart[]> {
  yield [{ type: 'start' }, { type: 'text-start', id: 't' }]
  for (const text of words) yield [{ type: 'text-delta', id: 't', text }]
  yield [
    { type: 'text-end', id: 't' },
    { type: 'usage', usage: { inputTokens: 1, outputTokens: words.length } },
    { type: 'finish', reason: 'stop' },
  ]
}

/** A plugin of one virtual backend. `life` hears of its creation and disposal. */
export function virtualPlugin(
  type: string,
  chat: Chat,
  life: {
    created?(context: BackendContext): void
    disposed?(): void
    readonly models?: readonly string[]
  } = {},
): BackendPlugin {
  return {
    apiVersion: 1,
    type,
    options: { type: 'object' },
    create(_options, context): Backend {
      life.created?.(context)
      return {
        operations: new Set(['chat']),
        targets: fixedTargets(
          [{ id: `${type}-${context.name}`, name: 'local', weight: 1, stateScope: type }],
          { strategy: 'round-robin', affinity: 'none' },
        ),
        handling: () => ({ way: 'virtual' }),
        chat,
        models: async () => (life.models ?? []).map((id) => ({ id })),
        dispose: async () => life.disposed?.(),
      }
    },
  }
}
