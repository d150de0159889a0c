import type { EventReceiver } from '@jackfield/dialect-kit'
import { ElementLocator } from '@jackfield/dialect-kit'

const SPACE = 0x20

/** Reads a stream that is one JSON array to the letter: its elements, with one comma between them and nothing behind its bracket. */
export class StrictArrayReader {
  readonly #receiver: EventReceiver
  readonly #locator = new ElementLocator()
  #held: Uint8Array[] = []
  #elements = 0
  #shut = false

  constructor(receiver: EventReceiver) {
    this.#receiver = receiver
  }

  push(chunk: Uint8Array): void {
    let start = 0
    for (const end of this.#locator.push(chunk)) {
      this.#piece(Buffer.concat([...this.#held, chunk.subarray(start, end)]))
      this.#held = []
      start = end
    }
    this.#shut = this.#locator.closed
    const rest = chunk.subarray(start)
    if (this.#shut) this.#behind(rest)
    else if (rest.length > 0) this.#held.push(Uint8Array.from(rest))
  }

  end(): void {
    if (!this.#shut) this.#receiver.violation('the array is not closed')
  }

  #behind(bytes: Uint8Array): void {
    if (bytes.some((byte) => byte > SPACE)) this.#receiver.violation('something follows the array')
  }

  /** What stands before an element, and the element; or what stands before the closing bracket. */
  #piece(bytes: Buffer): void {
    const text = bytes.toString('utf8').trim()
    if (text === ']' || text === '[]') {
      if ((text === '[]') !== (this.#elements === 0)) {
        this.#receiver.violation('the array is not one list')
      }
      return
    }
    const mark = this.#elements === 0 ? '[' : ','
    if (!text.startsWith(mark)) {
      const missing = this.#elements === 0 ? 'the array does not begin' : 'a comma is missing'
      this.#receiver.violation(missing)
    }
    this.#elements += 1
    const element = (text.startsWith(mark) ? text.slice(1) : text).trim()
    this.#receiver.event(element)
  }
}
