import type { CallHead, CallView, Operation, Principal } from '../call.ts'
import type { ChatRequest } from '../chat/request.ts'
import type { JsonValue } from '../json-value.ts'

/** Name of the "dialect" of requests that come from a virtual backend: no surface has it, so none is forwarded. */
const canonical = 'canonical'

/** A call that a virtual backend makes for another call. It has the caller's identity and a request of its own. */
export class DispatchedCall implements CallView {
  readonly operation: Operation = 'chat'
  readonly dialect = canonical
  readonly head: CallHead
  readonly bodyBytes = 0
  readonly #parent: CallView

  constructor(parent: CallView, request: ChatRequest, selector: string) {
    this.#parent = parent
    this.head = {
      operation: 'chat',
      model: selector,
      stream: request.stream,
      framing: 'sse',
      includeUsage: true,
    }
  }

  get id(): string {
    return this.#parent.id
  }

  get path(): string {
    return this.#parent.path
  }

  get query(): string {
    return ''
  }

  get headers(): CallView['headers'] {
    return this.#parent.headers
  }

  get principal(): Principal {
    return this.#parent.principal
  }

  get session(): string {
    return this.#parent.session
  }

  get affinityKey(): string {
    return this.#parent.affinityKey
  }

  field(_name: string): JsonValue | undefined {
    return undefined
  }
}
