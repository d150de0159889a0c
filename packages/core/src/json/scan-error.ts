/**
 * Bytes are not the JSON that was asked for. The message says what is wrong and at which byte, in
 * words that may be shown to the client: it never holds text of the body, except the name of a
 * duplicate key, cut to 64 characters.
 */
export class JsonScanError extends Error {
  override readonly name = 'JsonScanError'
  /** Byte at which the fault was found, counted from the first byte of the scanned bytes. */
  readonly offset: number
  /** The message without the place. */
  readonly reason: string

  constructor(reason: string, offset: number) {
    super(`${reason} at byte ${offset}`)
    this.reason = reason
    this.offset = offset
  }
}
