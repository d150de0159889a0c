import { asBuffer } from '../as-buffer.ts'

/**
 * Three bytes that decode to U+FFFD, the character that also stands for whatever cannot be decoded.
 */
const REPLACEMENT = '\ufffd'
const REPLACEMENT_LENGTH = 3

/** Offset of the first byte that is not UTF-8, or the length when all are. */
export function findInvalidUtf8(bytes: Uint8Array): number {
  const buffer = asBuffer(bytes)
  const text = buffer.toString('utf8')
  let offset = 0
  let read = 0
  for (;;) {
    const index = text.indexOf(REPLACEMENT, read)
    if (index === -1) return bytes.length
    offset += Buffer.byteLength(text.slice(read, index))
    const token = buffer.toString('latin1', offset, offset + REPLACEMENT_LENGTH)
    if (token !== '\xef\xbf\xbd') return offset
    offset += REPLACEMENT_LENGTH
    read = index + 1
  }
}
