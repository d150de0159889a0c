import type {
  AttemptContext,
  Backend,
  BackendPlugin,
  ChatRequest,
  Handling,
  VirtualContext,
  WireRequest,
  WireResult,
} from '@jackfield/core'

/** One request that the host handed to the backend. */
export interface Sent {
  readonly request: WireRequest
  readonly context: AttemptContext
}

/** Watches how the host drives a backend. */
export class Spy {
  /** The backend that the plugin made, unwatched. */
  backend: Backend | undefined
  readonly handlings: Handling[] = []
  readonly sent: Sent[] = []
  readonly results: WireResult[] = []
  /** The requests that the host handed to `chat()`. */
  readonly chats: { readonly request: ChatRequest; readonly context: VirtualContext }[] = []
  /** Replaces what the backend is given, so that a check can freeze it. */
  onRequest: (request: WireRequest) => WireRequest = (request) => request
  onChat: (request: ChatRequest) => ChatRequest = (request) => request
  /** Answers instead of the backend, for checks that drive it themselves while a call is open. */
  instead: NonNullable<Backend['chat']> | undefined

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
      return handling
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
      const given = this.onChat(request)
      this.chats.push({ request: given, context })
      return (this.instead ?? chat).call(backend, given, context)
    }
  }
}
