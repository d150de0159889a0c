import type {
  AttemptContext,
  Backend,
  BackendPlugin,
  ChatRequest,
  Dialect,
  Handling,
  StreamPart,
  VirtualContext,
  WireRequest,
  WireResult,
} from '@jackfield/core'

/** One request that the host handed to the backend. */
export interface Sent {
  readonly request: WireRequest
  readonly context: AttemptContext
}

/** Watches how the host drives a backend, and what the backend makes of it. */
export class Spy {
  /** The backend that the plugin made, unwatched. */
  backend: Backend | undefined
  readonly handlings: Handling[] = []
  readonly sent: Sent[] = []
  readonly results: WireResult[] = []
  /** The requests that the host handed to `chat()`. */
  readonly chats: { readonly request: ChatRequest; readonly context: VirtualContext }[] = []
  /** The parts of each answer that was decoded with the backend's dialect or given by its `chat()`. */
  readonly answers: StreamPart[][] = []
  /** Replaces what the backend is given, so that a check can freeze it. */
  onRequest: (request: WireRequest) => WireRequest = (request) => request
  onChat: (request: ChatRequest) => ChatRequest = (request) => request
  readonly #dialects = new WeakMap<Dialect, Dialect>()

  /** Lets go of what was seen so far, for checks that measure memory. */
  forget(): void {
    for (const parts of this.answers) parts.length = 0
  }

  /** The plugin, watched. */
  watch(plugin: BackendPlugin): BackendPlugin {
    return {
      ...plugin,
      create: async (options, context) => {
        this.backend = await plugin.create(options, context)
        return this.#watched(this.backend)
      },
    }
  }

  #watched(backend: Backend): Backend {
    return new Proxy(backend, {
      get: (target, name) => {
        if (name === 'handling') return this.#handling(target)
        if (name === 'send' && target.send) return this.#send(target, target.send)
        if (name === 'chat' && target.chat) return this.#chat(target, target.chat)
        const value: unknown = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }

  #handling(backend: Backend): Backend['handling'] {
    return (head, call) => {
      const handling = backend.handling(head, call)
      this.handlings.push(handling)
      return 'dialect' in handling
        ? { ...handling, dialect: this.#watchedDialect(handling.dialect) }
        : handling
    }
  }

  #send(backend: Backend, send: NonNullable<Backend['send']>): NonNullable<Backend['send']> {
    return async (request, context) => {
      const given = this.onRequest(request)
      this.sent.push({ request: given, context })
      const result = await send.call(backend, given, context)
      this.results.push(result)
      return result
    }
  }

  #chat(backend: Backend, chat: NonNullable<Backend['chat']>): NonNullable<Backend['chat']> {
    return (request: ChatRequest, context: VirtualContext) => {
      const parts = this.#newAnswer()
      const given = this.onChat(request)
      this.chats.push({ request: given, context })
      const answer = chat.call(backend, given, context)
      return seen(answer, (batch) => parts.push(...batch))
    }
  }

  #watchedDialect(dialect: Dialect): Dialect {
    const known = this.#dialects.get(dialect)
    if (known !== undefined) return known
    const { chat } = dialect
    const watched: Dialect = {
      ...dialect,
      chat: {
        ...chat,
        streamDecoder: (framing) => {
          const parts = this.#newAnswer()
          const decoder = chat.streamDecoder(framing)
          const note = (batch: readonly StreamPart[]) => {
            parts.push(...batch)
            return batch
          }
          return { push: (chunk) => note(decoder.push(chunk)), end: () => note(decoder.end()) }
        },
      },
    }
    this.#dialects.set(dialect, watched)
    return watched
  }

  #newAnswer(): StreamPart[] {
    const parts: StreamPart[] = []
    this.answers.push(parts)
    return parts
  }
}

async function* seen(
  batches: AsyncIterable<readonly StreamPart[]>,
  note: (batch: readonly StreamPart[]) => void,
): AsyncIterable<readonly StreamPart[]> {
  for await (const batch of batches) {
    note(batch)
    yield batch
  }
}
