import assert from 'node:assert'
import type { AnswerSink, Headers } from '../../src/body.ts'

/** A client's connection in memory. Holds the gateway to the contract. */
export class FakeSink implements AnswerSink {
  status: number | undefined
  headers: Headers = {}
  readonly chunks: string[] = []
  ended = false
  destroyed = false
  /** A client that does not read. */
  blocked = false
  /** Bytes that were written although the client did not read. */
  overrun = 0
  #drained: () => void = () => {}

  start(status: number, headers: Headers): void {
    assert.equal(this.status, undefined, 'a status is committed once')
    assert.equal(this.over, false, 'nothing begins after the end')
    for (const [name, value] of Object.entries(headers)) {
      if (value === undefined) continue
      assert.match(String(value), /^[\t -~\u0080-\u00ff]*$/, `header ${name} can be written`)
    }
    this.status = status
    this.headers = headers
  }

  write(chunk: Uint8Array): boolean {
    assert.notEqual(this.status, undefined, 'the status comes before the body')
    assert.equal(this.over, false, 'nothing is written after the end')
    this.chunks.push(Buffer.from(chunk).toString())
    if (this.blocked) this.overrun += chunk.length
    return !this.blocked
  }

  end(chunk?: Uint8Array): void {
    assert.notEqual(this.status, undefined, 'the status comes before the end')
    assert.equal(this.over, false, 'an answer ends once')
    if (chunk !== undefined) this.chunks.push(Buffer.from(chunk).toString())
    this.ended = true
  }

  destroy(): void {
    assert.equal(this.over, false, 'an answer ends once')
    this.destroyed = true
  }

  onDrain(callback: () => void): void {
    this.#drained = callback
  }

  /** The client reads again. */
  drain(): void {
    this.blocked = false
    this.overrun = 0
    this.#drained()
  }

  get over(): boolean {
    return this.ended || this.destroyed
  }

  get text(): string {
    return this.chunks.join('')
  }

  get json(): unknown {
    return JSON.parse(this.text)
  }
}
