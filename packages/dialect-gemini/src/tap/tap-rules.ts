import {
  type Framing,
  type GatewayError,
  isJsonObject,
  type SseEvent,
  type TapEnding,
  type TapReport,
} from '@jackfield/core'
import { parseJson, type TapRules } from '@jackfield/dialect-kit'
import { decodeUsage } from '../answer/usage.ts'
import { camelObject } from '../camel-case.ts'
import { answerError } from '../errors/decode-error.ts'
import { errorObject } from '../errors/encode-error.ts'
import type { Variant } from '../options.ts'
import { bodyFacts } from './body-facts.ts'
import { GeminiStreamFacts } from './stream-facts.ts'

/** Ends of keys: their first letters are rarer in chunks than the quote. A call decides what the finish reason means. */
const marks = ['rror"', 'inishReason"', 'lockReason"', 'unctionCall"'].map((text) =>
  Buffer.from(text),
)
const stateMarks = [Buffer.from('houghtSignature"')]

/**
 * What Gemini's answers say to whoever only watches them. The protocol has no terminator: streams end where their bytes do, or where they
 * break behind the finish reason.
 */
export function createTapRules(variant: Variant): TapRules {
  return {
    facts: (onState) => new GeminiStreamFacts(variant, onState),
    body: (body, onState) => bodyFacts(body, variant, onState),
    marks,
    stateMarks,
    ending: (event) => endingOf(event, variant),
    completes: (event) => completes(event, variant),
    interruption,
    lastBytes,
  }
}

/** Why an answer ended, in either spelling. Quotes in texts are escaped. */
const finishWord = /"finish(?:R|_r)eason"\s*:\s*"[A-Z_]+"/

/** Usage has objects in lists in it, and no texts with brackets. */
const usageObject = /"usage(?:M|_m)etadata"\s*:\s*(\{[^{}[\]]*(?:\[[^[\]]*\][^{}[\]]*)*\})/

/** A chunk that is too large to be held, as one with a picture or long arguments: what it says of the answer stands at its end. */
function lastBytes(tail: Uint8Array): Partial<TapReport> {
  const text = Buffer.from(tail.buffer, tail.byteOffset, tail.byteLength).toString().trimEnd()
  if (!text.endsWith('}') || !finishWord.test(text)) return {}
  const told = parseJson(usageObject.exec(text)?.[1] ?? '')
  const usage = isJsonObject(told) ? decodeUsage(camelObject(told)) : undefined
  return { complete: true, ...(usage === undefined ? {} : { usage }) }
}

/** Whether a chunk has the finish reason of the answer, or says why the prompt was refused. */
function completes(event: SseEvent, variant: Variant): boolean {
  const facts = new GeminiStreamFacts(variant, undefined)
  facts.note(event)
  return facts.complete
}

/** An error that the caller caused stays as the provider told it. */
function endingOf({ data }: SseEvent, { errorCodes }: Variant): TapEnding | undefined {
  const chunk = parseJson(data.trim())
  const error = isJsonObject(chunk) ? answerError(chunk, errorCodes) : undefined
  return error === undefined ? undefined : { error, told: error.policy.callerFault }
}

function interruption(error: GatewayError, framing: Framing): Uint8Array {
  const json = JSON.stringify({ error: errorObject(error) })
  return Buffer.from(framing === 'sse' ? `data: ${json}\r\n\r\n` : json)
}
