import { createFrameLocator, createSseFramer, type SseEvent, type TapEnding } from '@jackfield/core'
import { parseJson } from '../json-text.ts'
import { asBuffer, hasMark } from './marks.ts'
import { brokenEvent, type StreamLedger } from './stream-ledger.ts'
import type { TapRules } from './tap-rules.ts'

const blankLine = Buffer.from('\n\n')

/** Google ends its lines with CRLF, and nobody else does (protocol reference 8.1). */
const wideBlankLine = Buffer.from('\r\n\r\n')

const CLOSE_BRACE = 0x7d

/** Where a stream ends for its client. */
export interface StreamEnd {
  /** Bytes up to here are still for the client. */
  readonly at: number
  readonly ending: TapEnding
}

/**
 * Finds what ends a stream behind its first meaningful event: a terminal, an error, or an event whose JSON was cut. Frames that end
 * with a brace and have no mark are none of these, and are not read; those that have one are noted. An error that the caller caused
 * stays as the provider told it; the words of any other are not fit to be shown as they are. Where a protocol has no terminal, the end is
 * in front of the first broken event behind a complete answer.
 */
export function findStreamEnd(
  bytes: Uint8Array,
  rules: TapRules,
  ledger: StreamLedger,
): StreamEnd | undefined {
  const buffer = asBuffer(bytes)
  const isMarked = hasMark(buffer, ledger.marks)
  if (!isMarked && isOneObject(buffer)) return undefined
  const blank = buffer.includes(wideBlankLine) ? wideBlankLine : blankLine
  let start = 0
  while (start < buffer.length) {
    const { lastByte, end } = nextFrame(buffer, start, blank)
    if (isMarked || lastByte !== CLOSE_BRACE) {
      const found = endingOf(buffer.subarray(start, end), rules, ledger)
      if (found !== undefined) return { at: found.isKept ? end : start, ending: found.ending }
    }
    start = end
  }
  return undefined
}

/** Whether bytes hold an event whose JSON was cut. */
export function isHalfEvent(bytes: Uint8Array): boolean {
  return bytes.length > 0 && eventsIn(bytes).some(isBroken)
}

/** The events in bytes that begin at a frame; the last one may lack its end. */
export function eventsIn(bytes: Uint8Array): readonly SseEvent[] {
  const framer = createSseFramer()
  return [...framer.push(bytes), ...framer.end()]
}

/** What by far the most chunks are: one frame that ends with a brace. */
function isOneObject(buffer: Buffer): boolean {
  return isFrameOfOne(buffer, blankLine) || isFrameOfOne(buffer, wideBlankLine)
}

function isFrameOfOne(buffer: Buffer, blank: Buffer): boolean {
  const last = buffer.length - blank.length
  return buffer[last - 1] === CLOSE_BRACE && buffer.indexOf(blank) === last
}

/** The lines of one stream end alike, nearly always. */
function nextFrame(
  buffer: Buffer,
  start: number,
  blank: Buffer,
): { readonly lastByte: number | undefined; readonly end: number } {
  const at = buffer.indexOf(blank, start)
  if (at !== -1) return { lastByte: buffer[at - 1], end: at + blank.length }
  const rest = buffer.subarray(start)
  const end = createFrameLocator().push(rest)[0] ?? rest.length
  return { lastByte: undefined, end: start + end }
}

function endingOf(
  frame: Buffer,
  rules: TapRules,
  ledger: StreamLedger,
): { readonly ending: TapEnding; readonly isKept: boolean } | undefined {
  for (const event of eventsIn(frame)) {
    const ending = rules.ending(event) ?? brokenBy(event)
    const isBreak = ending !== undefined && ending !== 'end'
    if (isBreak && ledger.completed) return { ending: 'end', isKept: false }
    ledger.note(event)
    ledger.completed ||= rules.completes?.(event) === true
    if (ending !== undefined) return { ending, isKept: !isBreak || ending.told }
  }
  return undefined
}

function brokenBy(event: SseEvent): TapEnding | undefined {
  return isBroken(event) ? { error: brokenEvent(), told: false } : undefined
}

function isBroken({ data }: SseEvent): boolean {
  const text = data.trim()
  return text.startsWith('{') && parseJson(text) === undefined
}
