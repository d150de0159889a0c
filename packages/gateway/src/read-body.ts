import type { IncomingMessage } from 'node:http'
import { GatewayError } from '@jackfield/core'
import { ByteCollector } from './byte-collector.ts'
import { clientGone } from './disconnect-signal.ts'

/** Hears of a body that has been read, or of why it could not be. */
export type BodyReader = (error: GatewayError | undefined, body?: Uint8Array) => void

/** The error for a body above the limit. */
export function bodyTooLarge(limit: number): GatewayError {
  const megabytes = Math.floor(limit / (1024 * 1024))
  const shown = megabytes >= 1 ? `${megabytes} MB` : `${limit} bytes`
  return new GatewayError('payload_too_large', `The request body is larger than ${shown}.`)
}

/** The announced length of a body, `undefined` where none is. */
export function announcedBytes(request: IncomingMessage): number | undefined {
  const value = request.headers['content-length']
  return value === undefined ? undefined : Number(value)
}

/** Reads a body of at most `limit` bytes into memory. What is above the limit stays unread. */
export function readBody(request: IncomingMessage, limit: number, done: BodyReader): void {
  const collector = new ByteCollector(announcedBytes(request))
  const finish = (error: GatewayError | undefined) => {
    request.off('data', onData).off('end', onEnd).off('close', onClose)
    if (error === undefined) done(undefined, collector.take())
    else done(error)
  }
  const onData = (chunk: Uint8Array) => {
    collector.push(chunk)
    if (collector.size > limit) finish(bodyTooLarge(limit))
  }
  const onEnd = () => finish(undefined)
  const onClose = () => finish(clientGone())
  request.on('data', onData).on('end', onEnd).on('close', onClose)
}
