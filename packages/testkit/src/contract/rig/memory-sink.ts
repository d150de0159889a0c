import type { AnswerSink, Headers } from '@jackfield/core'
import { WaitList } from '../../fake/wait-list.ts'

/** A client's connection in memory. It takes what comes, and can be as slow as a test wants. */
export class MemorySink implements AnswerSink {
  status: number | undefined
  headers: Headers = {}
  /** `destroyed`: closed without a regular end, so that the client knows that something is missing. */
  state: 'waiting' | 'open' | 'ended' | 'destroyed' = 'waiting'
  /** Bytes of the body so far. */
  size = 0
  /** What the gateway did against the contract of a sink. */
  readonly misuse: string[] = []
  /** Keeps only the size of what comes, so that a long answer leaves no memory here. */
  forgetful = false
  readonly #chunks: Uint8Array[] = []
  readonly #changes = new WaitList()
  #paused = false
  #drain: () => void = () => {}

  get body(): Uint8Array {
    return Buffer.concat(this.#chunks)
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString()
  }

  get isOver(): boolean {
    return this.state === 'ended' || this.state === 'destroyed'
  }

  /** From now on every write says that the client is too slow. */
  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#drain()
  }

  /** Resolves when `look` says that what was waited for is here. */
  until(look: (sink: this) => boolean): Promise<void> {
    return this.#changes.wait(() => (look(this) ? { value: undefined } : undefined))
  }

  start(status: number, headers: Headers): void {
    if (this.state !== 'waiting') this.misuse.push('start comes twice')
    this.status = status
    this.headers = headers
    this.state = 'open'
    this.#changes.check()
  }

  write(chunk: Uint8Array): boolean {
    if (this.state !== 'open') this.misuse.push(`write comes when it is ${this.state}`)
    this.#take(chunk)
    this.#changes.check()
    return !this.#paused
  }

  end(chunk?: Uint8Array): void {
    if (this.state !== 'open') this.misuse.push(`end comes when it is ${this.state}`)
    if (chunk !== undefined) this.#take(chunk)
    this.state = 'ended'
    this.#changes.check()
  }

  destroy(): void {
    if (this.isOver) this.misuse.push(`destroy comes when it is ${this.state}`)
    this.state = 'destroyed'
    this.#changes.check()
  }

  onDrain(callback: () => void): void {
    this.#drain = callback
  }

  #take(chunk: Uint8Array): void {
    this.size += chunk.length
    if (!this.forgetful) this.#chunks.push(chunk)
  }
}
