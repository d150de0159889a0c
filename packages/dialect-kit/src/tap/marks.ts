/** Bytes as the kind that can be searched, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Whether one of the marks is in the bytes. */
export function hasMark(bytes: Uint8Array, marks: readonly Uint8Array[]): boolean {
  const buffer = asBuffer(bytes)
  for (const mark of marks) if (buffer.indexOf(mark) !== -1) return true
  return false
}
