import type { Call, CallHead, CallInput, Operation, Principal } from '../call.ts'
import type { CallParameters } from '../chat/parameters.ts'
import type { ChatRequest } from '../chat/request.ts'
import type { TextEdit } from '../edit.ts'
import { readValue } from '../json/read.ts'
import type { JsonValue } from '../json-value.ts'
import { affinityKeyOf, type IdentitySource, sessionOf } from './identity.ts'
import { StreamedBody } from './streamed-body.ts'

/** Everything that is known of one call. Costly things are computed on first use and kept. */
export class CallState implements Call {
  readonly id: string
  readonly input: CallInput
  readonly head: CallHead
  readonly principal: Principal
  readonly annotations: Record<string, string> = {}
  readonly texts: TextEdit[] = []
  /** The body as a stream, where nobody looks into it. */
  readonly source: StreamedBody | undefined
  /** Selector that a stage picked. */
  picked: string | undefined
  /** Parameters of the session, set by stages. */
  parameters: CallParameters = {}
  #session: string | undefined
  #affinityKey: string | undefined
  #request: ChatRequest | undefined

  constructor(fields: {
    readonly id: string
    readonly input: CallInput
    readonly head: CallHead
    readonly principal: Principal
  }) {
    this.id = fields.id
    this.input = fields.input
    this.head = fields.head
    this.principal = fields.principal
    const { body } = fields.input
    if (body !== undefined && !(body instanceof Uint8Array)) this.source = new StreamedBody(body)
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
    return this.input.body instanceof Uint8Array ? this.input.body : undefined
  }

  get bodyBytes(): number {
    return this.bytes?.length ?? 0
  }

  get session(): string {
    this.#session ??= sessionOf(this.#identity())
    return this.#session
  }

  get affinityKey(): string {
    this.#affinityKey ??= affinityKeyOf(this.#identity())
    return this.#affinityKey
  }

  field(name: string): JsonValue | undefined {
    const span = this.head.document?.get(name)
    if (span === undefined || this.bytes === undefined) return undefined
    return readValue(this.bytes, span) as JsonValue
  }

  edit(edit: TextEdit): void {
    this.texts.push(edit)
    this.#request = undefined
  }

  pick(selector: string): void {
    this.picked = selector
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

  #decode(): ChatRequest {
    const { dialect } = this.input
    const bytes = this.bytes ?? new Uint8Array()
    if (this.texts.length === 0) return dialect.chat.decodeRequest(bytes, this.head)
    const edited = dialect.editRequest(bytes, this.head, { texts: this.texts })
    return dialect.chat.decodeRequest(edited, dialect.head({ ...this.input, body: edited }))
  }

  #identity(): IdentitySource {
    return {
      input: this.input,
      head: this.head,
      principal: this.principal,
      body: this.bytes,
      field: (name) => this.field(name),
    }
  }
}
