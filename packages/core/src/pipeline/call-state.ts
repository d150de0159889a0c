import type { Call, CallHead, CallInput, Operation, PickedBy, Principal } from '../call.ts'
import type { CallParameters } from '../chat/parameters.ts'
import type { ChatRequest } from '../chat/request.ts'
import type { ConversationEdit } from '../edit.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import { readValue } from '../json/read.ts'
import type { JsonValue } from '../json-value.ts'
import type { FailoverRoutes } from '../routing/failover-route.ts'
import {
  affinityKeyOf,
  type Identity,
  type IdentitySource,
  openingOf,
  sessionOf,
} from './identity.ts'
import type { Pin } from './stored-answers.ts'
import { StreamedBody } from './streamed-body.ts'

/** Everything that is known of one call. Costly things are computed on first use and kept. */
export class CallState implements Call {
  readonly id: string
  readonly input: CallInput
  readonly principal: Principal
  readonly annotations: Record<string, string> = {}
  readonly edits: ConversationEdit[] = []
  /** The body as a stream, where nobody looks into it. */
  readonly source: StreamedBody | undefined
  readonly isDryRun: boolean
  /** Where it was sent instead of what it names. */
  picked: { readonly selector: string; readonly by: PickedBy } | undefined
  /** Failover routes that only this call may name. */
  routes: FailoverRoutes | undefined
  /** The place that holds what the call names: nobody else can serve it. */
  pin: Pin | undefined
  /** Parameters of the session, set by stages. */
  parameters: CallParameters = {}
  /** As the client sent it, but for a conversation that the gateway completed. */
  #head: CallHead
  #bytes: Uint8Array | undefined
  #session: string | undefined
  #affinityKey: string | undefined
  #opening: string | undefined
  #inherited: Identity | undefined
  #references: readonly string[] | undefined
  readonly #sentHead: CallHead
  #request: ChatRequest | undefined

  constructor(fields: {
    readonly id: string
    readonly input: CallInput
    readonly head: CallHead
    readonly principal: Principal
    readonly isDryRun?: boolean
  }) {
    this.id = fields.id
    this.input = fields.input
    this.#head = fields.head
    this.#sentHead = fields.head
    this.principal = fields.principal
    this.isDryRun = fields.isDryRun ?? false
    const { body } = fields.input
    if (body instanceof Uint8Array) this.#bytes = body
    else if (body !== undefined) this.source = new StreamedBody(body)
  }

  get head(): CallHead {
    return this.#head
  }

  get operation(): Operation {
    return this.input.operation
  }

  get dialect(): string {
    return this.input.dialect.name
  }

  get path(): string {
    return this.input.path
  }

  get query(): string {
    return this.input.query
  }

  get headers(): CallInput['headers'] {
    return this.input.headers
  }

  /** The body's bytes, where it is not streamed through. */
  get bytes(): Uint8Array | undefined {
    return this.#bytes
  }

  get body(): Uint8Array | undefined {
    return this.#bytes
  }

  /** Whether the conversation has no answer yet. */
  get isOpening(): boolean {
    const { bytes, head } = this
    if (bytes === undefined || head.document === undefined) return true
    if (head.continues !== undefined || this.pin !== undefined) return false
    const { messages } = this.input.dialect.spans(bytes, head)
    return messages.every(({ role }) => role !== 'assistant' && role !== 'model')
  }

  requireBytes(): Uint8Array {
    if (this.#bytes !== undefined) return this.#bytes
    throw new GatewayError('invalid_request', 'The request has no body.')
  }

  get bodyBytes(): number {
    return this.bytes?.length ?? 0
  }

  get session(): string {
    this.#session ??= sessionOf(this.#identitySource())
    return this.#session
  }

  get affinityKey(): string {
    this.#affinityKey ??= affinityKeyOf(this.#identitySource())
    return this.#affinityKey
  }

  /** Whose conversation it is, for the answers that can be named later. */
  get identity(): Identity {
    return { session: this.session, affinityKey: this.affinityKey }
  }

  /**
   * Takes over the identity of the call that made the answer which this one continues: a client that continues one sends only what is
   * new. Before anybody asks for the identity, and once: the answer that the client names counts, not what that stood for.
   */
  inherit(identity: Identity | undefined): void {
    this.#inherited ??= identity
  }

  /** Ids of the answers of which the body names items. */
  get references(): readonly string[] {
    this.#references ??= this.#findReferences()
    return this.#references
  }

  field(name: string): JsonValue | undefined {
    const span = this.head.document?.get(name)
    if (span === undefined || this.bytes === undefined) return undefined
    return readValue(this.bytes, span) as JsonValue
  }

  /** The head of the request as the client sent it. */
  get sentHead(): CallHead {
    return this.#sentHead
  }

  /** A top-level member of the body as the client sent it. */
  sentField(name: string): JsonValue | undefined {
    const span = this.#sentHead.document?.get(name)
    const { body } = this.input
    if (span === undefined || !(body instanceof Uint8Array)) return undefined
    return readValue(body, span) as JsonValue
  }

  /** Goes on with a body that says the same with everything in it that the client only named. */
  resume(body: Uint8Array): void {
    const { dialect } = this.input
    this.#bytes = body
    this.#head = dialect.head({ ...this.input, body })
    this.#opening = undefined
    this.#request = undefined
    this.#references = undefined
  }

  edit(edit: ConversationEdit): void {
    this.edits.push(edit)
    this.#request = undefined
  }

  pick(selector: string, by: PickedBy): void {
    this.picked = { selector, by }
  }

  offerRoutes(routes: FailoverRoutes): void {
    this.routes = routes
  }

  set(parameters: CallParameters): void {
    this.parameters = { ...this.parameters, ...parameters }
  }

  annotate(header: string, value: string): void {
    this.annotations[header] = value
  }

  /** The canonical request, with text edits applied. Built when the first attempt needs it. */
  request(): ChatRequest {
    this.#request ??= this.#decode()
    return this.#request
  }

  /** The body with the changes of its conversation, and its head: what is decoded, for whatever operation. */
  edited(): { readonly body: Uint8Array; readonly head: CallHead } {
    const bytes = this.requireBytes()
    const { edits, head, input } = this
    if (edits.length === 0) return { body: bytes, head }
    const body = input.dialect.editRequest(bytes, head, { conversation: edits })
    return { body, head: input.dialect.head({ ...input, body }) }
  }

  #decode(): ChatRequest {
    const { body, head } = this.edited()
    return this.input.dialect.chat.decodeRequest(body, head)
  }

  #findReferences(): readonly string[] {
    const { bytes, head } = this
    if (bytes === undefined || head.document === undefined) return []
    return this.input.dialect.storage?.references?.(bytes, head) ?? []
  }

  #identitySource(): IdentitySource {
    return {
      input: this.input,
      head: this.head,
      principal: this.principal,
      body: this.bytes,
      field: (name) => this.field(name),
      opening: () => {
        this.#opening ??= openingOf({ input: this.input, head: this.head, body: this.bytes })
        return this.#opening
      },
      inherited: this.#inherited,
    }
  }
}
