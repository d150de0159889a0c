/** A text block, and where its text stands among the texts of the answer. */
interface BlockPlace {
  readonly id: string
  readonly bytes: number
  readonly units: number
}

/** A piece of text that is not plain ASCII: only inside such ones bytes and code units differ. */
interface WidePiece {
  readonly bytes: number
  readonly units: number
  readonly text: string
}

/** A place in one text block, in UTF-16 code units. */
export interface TextPlace {
  readonly id: string
  readonly offset: number
}

/**
 * Turns Google's offsets, in UTF-8 bytes of the whole answer's text, to code units of its blocks and back. Keeps the pieces
 * that are not ASCII, and of the others only where they end.
 */
export class TextOffsets {
  readonly #blocks: BlockPlace[] = []
  readonly #wide: WidePiece[] = []
  #bytes = 0
  #units = 0

  /** A block begins. */
  start(id: string): void {
    this.#blocks.push({ id, bytes: this.#bytes, units: this.#units })
  }

  /** Text of the block that began last. */
  add(text: string): void {
    const bytes = Buffer.byteLength(text)
    if (bytes !== text.length) this.#wide.push({ bytes: this.#bytes, units: this.#units, text })
    this.#bytes += bytes
    this.#units += text.length
  }

  /** Bytes before a place of the block that is named, or of the last one. */
  bytesAt(id: string | undefined, offset: number): number {
    const named = id === undefined ? undefined : this.#blocks.findLast((place) => place.id === id)
    const block = named ?? this.#blocks.at(-1)
    const units = Math.min((block?.units ?? 0) + offset, this.#units)
    const piece = this.#wide.findLast((wide) => wide.units <= units)
    if (piece === undefined) return units
    const { text } = piece
    const inside = Math.min(text.length, units - piece.units)
    const behind = units - piece.units - inside
    return piece.bytes + Buffer.byteLength(text.slice(0, inside)) + behind
  }

  /** The block that a byte belongs to, and the place in it. */
  placeAt(byte: number): TextPlace | undefined {
    const units = this.#unitsAt(Math.min(byte, this.#bytes))
    const block = this.#blocks.findLast((place) => place.units <= units)
    return block === undefined ? undefined : { id: block.id, offset: units - block.units }
  }

  /** Place of a byte in a block that is known, no further than the block's end. */
  offsetIn(id: string, byte: number): number {
    const index = this.#blocks.findLastIndex((place) => place.id === id)
    const start = this.#blocks[index]?.units ?? 0
    const end = this.#blocks[index + 1]?.units ?? this.#units
    const units = this.#unitsAt(Math.min(byte, this.#bytes))
    return Math.max(0, Math.min(units, end) - start)
  }

  #unitsAt(byte: number): number {
    const piece = this.#wide.findLast((wide) => wide.bytes <= byte)
    if (piece === undefined) return byte
    const encoded = Buffer.from(piece.text)
    const inside = Math.min(encoded.length, byte - piece.bytes)
    const behind = byte - piece.bytes - inside
    return (
      piece.units + encoded.subarray(0, wholeCharacters(encoded, inside)).toString().length + behind
    )
  }
}

/** No further than the start of the character that a place is in. */
function wholeCharacters(bytes: Buffer, end: number): number {
  let at = end
  while (at > 0 && at < bytes.length && ((bytes[at] ?? 0) & 0xc0) === 0x80) at -= 1
  return at
}
