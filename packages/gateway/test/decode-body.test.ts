import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib'
import { expect, it } from 'vitest'
import { codingProblem, contentCoding, decodeBody } from '../src/decode-body.ts'

const text = JSON.stringify({ model: 'm', text: 'x'.repeat(5_000) })
const limit = 10_000

function decode(body: Uint8Array, coding: string): Promise<string> {
  return new Promise((resolve, reject) => {
    decodeBody(body, { coding, limit }, (error, decoded) => {
      if (decoded === undefined) reject(error)
      else resolve(Buffer.from(decoded).toString())
    })
  })
}

it.each([
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
])('decodes %s', async (coding, compress) => {
  expect(await decode(compress(text), coding)).toBe(text)
})

it.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
])('stops at the limit however small the %s body was', async (coding, compress) => {
  const bomb = compress(Buffer.alloc(4 * 1024 * 1024))
  expect(bomb.length).toBeLessThan(limit)

  await expect(decode(bomb, coding)).rejects.toMatchObject({ code: 'payload_too_large' })
})

it.each(['gzip', 'deflate', 'br', 'zstd'])('names the coding of bad %s data', async (coding) => {
  await expect(decode(Buffer.from('not compressed'), coding)).rejects.toMatchObject({
    code: 'invalid_request',
    message: expect.stringContaining(coding),
  })
})

it('refuses a body that was cut off', async () => {
  await expect(decode(gzipSync(text).subarray(0, 40), 'gzip')).rejects.toMatchObject({
    code: 'invalid_request',
  })
})

it('knows which codings need no decoding and which cannot be decoded', () => {
  expect(contentCoding(undefined)).toBeUndefined()
  expect(contentCoding(' Identity ')).toBeUndefined()
  expect(contentCoding('GZIP')).toBe('gzip')
  expect(codingProblem('gzip')).toBeUndefined()
  for (const coding of ['compress', 'gzip, br', 'constructor']) {
    expect(codingProblem(coding)).toMatchObject({ code: 'unsupported_media_type' })
  }
})
