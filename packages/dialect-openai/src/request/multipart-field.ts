import type { ByteRange } from '@jackfield/core'

/** Longest value that is taken for a plain field. */
const maxValue = 1024

/** Longest boundary that RFC 2046 allows, and its two dashes. */
const maxDelimiter = 72

export interface MultipartField extends ByteRange {
  readonly value: string
}

/**
 * The plain field of a name in a `multipart/form-data` body, which audio and image calls use. The boundary is read from the
 * body's first line. `undefined` where there is none, or where the body is not made as every client makes it.
 */
export function multipartField(body: Uint8Array, name: string): MultipartField | undefined {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const lineEnd = bytes.indexOf('\r\n')
  if (lineEnd < 3 || lineEnd > maxDelimiter || !bytes.subarray(0, 2).equals(dashes))
    return undefined
  const delimiter = Buffer.concat([lineBreak, bytes.subarray(0, lineEnd)])
  let start = lineEnd + 2
  while (start < bytes.length) {
    const end = bytes.indexOf(delimiter, start - 2)
    if (end === -1) return undefined
    const field = readField(bytes, { start, end }, name)
    if (field !== undefined) return field
    start = end + delimiter.length + 2
  }
  return undefined
}

const dashes = Buffer.from('--')
const lineBreak = Buffer.from('\r\n')

function readField(bytes: Buffer, part: ByteRange, name: string): MultipartField | undefined {
  const headerEnd = bytes.indexOf('\r\n\r\n', part.start)
  if (headerEnd === -1 || headerEnd > part.end) return undefined
  const headers = bytes.toString('latin1', part.start, headerEnd)
  if (!headers.includes(` name="${name}"`) || headers.includes('filename=')) return undefined
  const start = headerEnd + 4
  if (part.end < start || part.end - start > maxValue) return undefined
  return { start, end: part.end, value: bytes.toString('utf8', start, part.end) }
}
