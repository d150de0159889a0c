import { GatewayError, type SseEvent } from '@jackfield/core'
import { ElementLocator, type EventSplitter, withoutSeparators } from '@jackfield/dialect-kit'

const maxElementBytes = 8 * 1024 * 1024

const noElements: readonly SseEvent[] = Object.freeze([])

/**
 * Cuts a stream that is one JSON array into its elements, which are its events, wherever its chunks are cut. Holds no more than one
 * element.
 */
export class ArraySplitter implements EventSplitter {
  readonly #locator = new ElementLocator()
  #held: Uint8Array[] = []
  #heldBytes = 0

  /** Throws `upstream_invalid_response` for an element that is too large to hold. */
  push(bytes: Uint8Array): readonly SseEvent[] {
    const ends = this.#locator.push(bytes)
    if (ends.length === 0) {
      this.#hold(bytes)
      return noElements
    }
    const elements: SseEvent[] = []
    let start = 0
    for (const end of ends) {
      const element = withoutSeparators(this.#release(bytes.subarray(start, end)))
      if (element.length > 0) elements.push({ data: textOf(element) })
      start = end
    }
    this.#hold(bytes.subarray(start))
    return elements
  }

  end(): readonly SseEvent[] {
    const rest = withoutSeparators(this.#release(new Uint8Array(0)))
    return rest.length === 0 ? noElements : [{ data: textOf(rest), unterminated: true }]
  }

  #hold(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    // The caller may write to its bytes again.
    this.#held.push(Uint8Array.from(bytes))
    this.#heldBytes += bytes.length
    if (this.#heldBytes <= maxElementBytes) return
    throw new GatewayError(
      'upstream_invalid_response',
      `An element of the provider’s stream is larger than ${maxElementBytes} bytes.`,
    )
  }

  #release(bytes: Uint8Array): Uint8Array {
    if (this.#held.length === 0) return bytes
    const whole = Buffer.concat([...this.#held, bytes])
    this.#held = []
    this.#heldBytes = 0
    return whole
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}
