import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib'
import { GatewayError } from '@jackfield/core'
import { type BodyReader, bodyTooLarge } from './read-body.ts'

type Decompress = (
  body: Uint8Array,
  options: { readonly maxOutputLength: number },
  done: (error: Error | null, decoded: Uint8Array) => void,
) => void

const decoders: Readonly<Record<string, (body: Uint8Array) => Decompress>> = {
  gzip: () => gunzip,
  'x-gzip': () => gunzip,
  // The name means zlib's format (RFC 9110 8.4.1.2), but some clients send the bare stream. Method 8 opens zlib's format.
  deflate: (body) => (((body[0] ?? 0) & 0x0f) === 8 ? inflate : inflateRaw),
  br: () => brotliDecompress,
  zstd: () => zstdDecompress,
}

const accepted = Object.keys(decoders).filter((name) => name !== 'x-gzip')

/** The content coding of a body, in lower case; `undefined` for bodies that are sent as they are. */
export function contentCoding(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const coding = header.trim().toLowerCase()
  return coding === '' || coding === 'identity' ? undefined : coding
}

/** The error for a coding that cannot be decoded here; `undefined` for those that can. */
export function codingProblem(coding: string | undefined): GatewayError | undefined {
  if (coding === undefined || Object.hasOwn(decoders, coding)) return undefined
  return new GatewayError(
    'unsupported_media_type',
    `The content-encoding of the request is not supported. Send the body uncompressed or as one of: ${accepted.join(', ')}.`,
  )
}

/** Decompresses a body. Stops at `limit` decompressed bytes, however small the body was. */
export function decodeBody(
  body: Uint8Array,
  { coding, limit }: { readonly coding: string; readonly limit: number },
  done: BodyReader,
): void {
  const decompress = decoders[coding]?.(body)
  if (decompress === undefined) {
    done(codingProblem(coding))
    return
  }
  decompress(body, { maxOutputLength: limit }, (error, decoded) => {
    if (error === null) done(undefined, decoded)
    else done(decodingError(error, coding, limit))
  })
}

function decodingError(error: Error, coding: string, limit: number): GatewayError {
  if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') return bodyTooLarge(limit)
  return new GatewayError(
    'invalid_request',
    `The request body cannot be decoded: it is not complete, valid ${coding} data.`,
    { cause: error },
  )
}
