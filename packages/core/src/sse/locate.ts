import { asBuffer } from '../as-buffer.ts'

export interface FrameLocatorOptions {
  /** The first chunk may begin anywhere in a frame, even between the two line ends that end it. */
  readonly startsInside?: boolean
}

/**
 * Finds where the frames of a server-sent event stream end, without decoding or keeping any bytes.
 */
export interface FrameLocator {
  /** Whether the last chunk ended inside a frame. */
  readonly inFrame: boolean
  /**
   * Offsets in this chunk just after the blank line of each frame that ends in it, in order.
   * Comments alone make a frame too; a second blank line makes none, and means nothing to receivers
   * wherever it is sent.
   *
   * No end waits for the next chunk: a CRLF that is cut between chunks ends the frame with its CR.
   * Its LF, the first byte of the next chunk, is then like a second blank line.
   */
  push(chunk: Uint8Array): readonly number[]
}

const LF = 0x0a
const CR = 0x0d

export function createFrameLocator(options: FrameLocatorOptions = {}): FrameLocator {
  return new BlankLineLocator(options.startsInside ?? false)
}

class BlankLineLocator implements FrameLocator {
  inFrame: boolean
  /** No byte of the current line has passed yet. */
  #atLineStart: boolean
  #afterCr = false

  constructor(startsInside: boolean) {
    this.inFrame = startsInside
    this.#atLineStart = !startsInside
  }

  push(chunk: Uint8Array): readonly number[] {
    const bytes = asBuffer(chunk)
    const ends: number[] = []
    let position = this.#afterCr && bytes[0] === LF ? 1 : 0
    let lineFeed = -1
    let carriageReturn = -1
    while (position < bytes.length) {
      if (lineFeed < position) lineFeed = indexOrEnd(bytes, LF, position)
      if (carriageReturn < position) carriageReturn = indexOrEnd(bytes, CR, position)
      const lineEnd = Math.min(lineFeed, carriageReturn)
      const isBlank = this.#atLineStart && lineEnd === position
      const endsFrame = isBlank && this.inFrame
      const next = lineFeed === carriageReturn + 1 ? lineFeed + 1 : lineEnd + 1
      position = Math.min(next, bytes.length)
      this.#atLineStart = lineEnd < bytes.length
      this.inFrame = !isBlank
      if (endsFrame) ends.push(position)
    }
    if (bytes.length > 0) this.#afterCr = bytes[bytes.length - 1] === CR
    return ends
  }
}

function indexOrEnd(bytes: Buffer, byte: number, from: number): number {
  // A blank line needs no search.
  if (bytes[from] === byte) return from
  const index = bytes.indexOf(byte, from)
  return index === -1 ? bytes.length : index
}
