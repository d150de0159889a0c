import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ByteCollector } from '../src/byte-collector.ts'

it('joins any chunks, whatever length was announced', () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 })
  fc.assert(
    fc.property(chunks, fc.option(fc.nat(2_000), { nil: undefined }), (parts, expected) => {
      const collector = new ByteCollector(expected)

      for (const part of parts) collector.push(part)

      expect(Buffer.from(collector.take())).toEqual(Buffer.concat(parts))
    }),
  )
})

it('does not copy a body that came in one chunk', () => {
  const chunk = Buffer.from('{"model":"m"}')
  const collector = new ByteCollector(chunk.length)

  collector.push(chunk)

  expect(collector.take()).toBe(chunk)
})

it('never writes into a chunk that it was given', () => {
  const first = Buffer.from('aaaa').subarray(0, 2)
  const collector = new ByteCollector()

  collector.push(first)
  collector.push(Buffer.from('bb'))

  expect(first.buffer).not.toBe(collector.take().buffer)
  expect(Buffer.from(collector.take()).toString()).toBe('aabb')
})

it('gives the memory of large chunks back as soon as they are copied', () => {
  const collector = new ByteCollector()
  const chunks = [1, 2, 3].map((value) => new Uint8Array(64 * 1024).fill(value))

  for (const chunk of chunks) collector.push(chunk)

  expect(chunks.map((chunk) => chunk.length)).toEqual([0, 0, 0])
  expect(Buffer.from(collector.take())).toEqual(
    Buffer.concat([1, 2, 3].map((value) => Buffer.alloc(64 * 1024, value))),
  )
})

it('leaves chunks alone that share their memory', () => {
  const collector = new ByteCollector()
  const memory = new Uint8Array(128 * 1024)

  collector.push(memory.subarray(0, 64 * 1024))
  collector.push(memory.subarray(64 * 1024))

  expect(memory.length).toBe(128 * 1024)
})

it('takes no memory for an announced body that does not come', () => {
  const collector = new ByteCollector(32 * 1024 * 1024)

  collector.push(Buffer.from('a'))
  collector.push(Buffer.from('b'))

  expect(collector.take().buffer.byteLength).toBeLessThanOrEqual(1024 * 1024)
})

it('needs no more than twice the bytes for a body in single bytes', () => {
  const collector = new ByteCollector()
  const byte = new Uint8Array([1])

  for (let count = 0; count < 100_000; count++) collector.push(byte)

  expect(collector.take().length).toBe(100_000)
  expect(collector.take().buffer.byteLength).toBeLessThanOrEqual(2 * 100_000 + 2)
})
