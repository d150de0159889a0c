import type { JsonValue } from '@jackfield/core'

const floatBytes = 4

/** A vector as numbers, or as base64 of 32-bit floats in little-endian order (protocol reference 1.9). */
export function encodeVector(
  vector: readonly number[],
  encoding: 'float' | 'base64',
): string | readonly number[] {
  if (encoding === 'float') return vector
  const bytes = Buffer.alloc(vector.length * floatBytes)
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * floatBytes)
  return bytes.toString('base64')
}

/** The numbers of a vector in either form; `undefined` where it is neither. */
export function decodeVector(value: JsonValue | undefined): readonly number[] | undefined {
  if (Array.isArray(value))
    return value.every((item) => typeof item === 'number') ? value : undefined
  if (typeof value !== 'string') return undefined
  const bytes = Buffer.from(value, 'base64')
  if (bytes.length === 0 || bytes.length % floatBytes !== 0) return undefined
  return Array.from({ length: bytes.length / floatBytes }, (_, index) =>
    bytes.readFloatLE(index * floatBytes),
  )
}
