import {
  type Finish,
  type JsonDocument,
  JsonScanError,
  scanDocument,
  type TapReport,
} from '@jackfield/core'
import { costOf, namesIn, valueIn } from '@jackfield/dialect-kit'
import { decodeFinish } from '../chat/finish-reason.ts'
import { decodeUsage } from '../chat/usage.ts'

const headBytes = 2048

/** Places of a key that are tried: a few vendors have objects of their own behind the answer. */
const maxTries = 8

const tailBytes = 16 * 1024

const CLOSE_BRACE = 0x7d
const BACKSLASH = 0x5c

const openBrace = Buffer.from('{')
const closeBrace = Buffer.from('}')
const tailKeys = ['"usage"', '"model"', '"id"'].map((key) => Buffer.from(key))
const finishKey = Buffer.from('"finish_reason"')

/**
 * What a large answer says, read from its two ends only: a long list of embeddings is not scanned for the sake of one number.
 * A body of this size is an answer, for nobody explains an error at such length.
 */
export function largeBodyFacts(body: Uint8Array): TapReport {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const head = scanHead(bytes)
  const tail = scanTail(bytes)
  const finish = finishNear(bytes)
  return {
    complete: endsObject(bytes),
    ...(head === undefined ? {} : namesIn(head)),
    ...(tail === undefined
      ? {}
      : { ...namesIn(tail), ...costOf(decodeUsage(valueIn(tail, 'usage')), undefined) }),
    ...(finish === undefined ? {} : { finish }),
  }
}

function endsObject(bytes: Buffer): boolean {
  let end = bytes.length - 1
  while (end > 0 && (bytes[end] ?? 0) <= 0x20) end -= 1
  return bytes[end] === CLOSE_BRACE
}

/** The members before the list of choices or data, as an object of their own. */
function scanHead(bytes: Buffer): JsonDocument | undefined {
  const head = bytes.subarray(0, headBytes)
  const list = ['"choices"', '"data"'].map((key) => head.indexOf(key)).filter((at) => at > 0)
  const comma = list.length === 0 ? -1 : head.lastIndexOf(',', Math.min(...list))
  return comma === -1 ? undefined : tryScan([head.subarray(0, comma), closeBrace])
}

/** The members behind the list, as an object of their own: from the first on that can be found. */
function scanTail(bytes: Buffer): JsonDocument | undefined {
  const tail = bytes.subarray(-tailBytes)
  const documents = tailKeys.map((key) => scanFrom(tail, key))
  return documents.reduce((best, next) => (membersOf(next) > membersOf(best) ? next : best))
}

function membersOf(document: JsonDocument | undefined): number {
  return document?.members.length ?? 0
}

/**
 * The members from a key on, as an object of their own. That they can be read as one proves that the key belongs to the answer
 * itself: behind a deeper one there would be a closing bracket too many, and one inside a text has its quotes escaped.
 */
function scanFrom(tail: Buffer, key: Buffer): JsonDocument | undefined {
  let at = tail.lastIndexOf(key)
  for (let tries = 0; at !== -1 && tries < maxTries; tries += 1) {
    const document = tryScan([openBrace, tail.subarray(at)])
    if (document !== undefined) return document
    at = lastBefore(tail, key, at)
  }
  return undefined
}

function lastBefore(bytes: Buffer, key: Buffer, at: number): number {
  return at === 0 ? -1 : bytes.lastIndexOf(key, at - 1)
}

function tryScan(pieces: readonly Uint8Array[]): JsonDocument | undefined {
  try {
    return scanDocument(Buffer.concat(pieces))
  } catch (error) {
    if (error instanceof JsonScanError) return undefined
    throw error
  }
}

/** The word stands behind the message with most providers, and before it where members are sorted. */
function finishNear(bytes: Buffer): Finish | undefined {
  const word = wordIn(bytes.subarray(-tailBytes)) ?? wordIn(bytes.subarray(0, headBytes))
  return word === undefined ? undefined : decodeFinish(word, false)
}

function wordIn(bytes: Buffer): string | undefined {
  for (let at = bytes.lastIndexOf(finishKey); at !== -1; at = lastBefore(bytes, finishKey, at)) {
    if (at > 0 && bytes[at - 1] === BACKSLASH) continue
    const text = bytes.toString('latin1', at + finishKey.length, at + finishKey.length + 80)
    const word = /^\s*:\s*"([a-z_]+)"/.exec(text)?.[1]
    if (word !== undefined) return word
  }
  return undefined
}
