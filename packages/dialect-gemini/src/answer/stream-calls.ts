import {
  GatewayError,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type OpaqueState,
} from '@jackfield/core'
import type { StreamBlocks } from '@jackfield/dialect-kit'
import { statesOfSignature } from '../signatures.ts'
import { PartialArguments } from './partial-arguments.ts'

interface OpenCall {
  readonly block: string
  readonly values: PartialArguments
  readonly state: OpaqueState[]
}

/** Function calls of an answer: nearly always whole, on Vertex now and then in pieces that an empty call closes. */
export class StreamCalls {
  readonly #blocks: StreamBlocks
  readonly #callId: (index: number) => string
  #open: OpenCall | undefined
  /** Calls so far. */
  count = 0

  constructor(blocks: StreamBlocks, callId: (index: number) => string) {
    this.#blocks = blocks
    this.#callId = callId
  }

  read(call: JsonObject, signature: JsonValue | undefined): void {
    const { name, args, partialArgs } = call
    if (typeof name === 'string' && name !== '') this.#start(name, call['id'])
    else if (this.#open === undefined) refuseNameless(call)
    const open = this.#open
    if (open === undefined) return
    if (isJsonObject(args)) open.values.merge(args)
    if (Array.isArray(partialArgs)) {
      for (const piece of partialArgs) if (isJsonObject(piece)) open.values.add(piece)
    }
    open.state.push(...statesOfSignature(signature))
    if (call['willContinue'] !== true) this.close()
  }

  /** Ends the call that is open, if there is one: some streams leave out what would close it. */
  close(): void {
    const open = this.#open
    if (open === undefined) return
    this.#open = undefined
    const { block: id, values, state } = open
    this.#blocks.add({ type: 'tool-call-delta', id, arguments: values.text() })
    this.#blocks.add({ type: 'tool-call-end', id, ...(state.length === 0 ? {} : { state }) })
  }

  #start(name: string, id: JsonValue | undefined): void {
    this.close()
    this.#blocks.close()
    this.#blocks.touched = true
    const block = this.#blocks.nextId('c')
    const callId = typeof id === 'string' && id !== '' ? id : this.#callId(this.count)
    this.count += 1
    this.#open = { block, values: new PartialArguments(), state: [] }
    this.#blocks.add({ type: 'tool-call-start', id: block, callId, name, kind: 'function' })
  }
}

/** An empty call closes nothing. One that has arguments but no name cannot be made by anybody. */
function refuseNameless(call: JsonObject): void {
  if (Object.keys(call).length === 0) return
  throw new GatewayError(
    'upstream_invalid_response',
    'The provider sent a function call without a name.',
  )
}
