import { isJsonObject, type SseEvent, sseData, type TapEnding } from '@jackfield/core'
import {
  decodeText,
  hasMark,
  parseJson,
  type StateListener,
  type TapRules,
} from '@jackfield/dialect-kit'
import { errorObject } from '../errors/encode-error.ts'
import type { Variant } from '../options.ts'
import { stateMarks } from '../state/opaque-strings.ts'
import { bodyFacts } from './body-facts.ts'
import { ChatFacts } from './chat-facts.ts'
import { errorOf } from './chunk-error.ts'
import { largeBodyFacts } from './large-body-facts.ts'
import { statesOfAnswer } from './states-of-answer.ts'
import { withoutUsageFrames } from './usage-frame.ts'

/** From this size on only the ends of a body are read. */
const largeBytes = 64 * 1024

/** The end of `"error"`. Its first letter is rare in chunks, which makes the search four times faster than for the quote. */
const errorMark = Buffer.from('rror"')

/** How answers of chats and completions are watched. `[DONE]` needs no mark, because it does not end with a brace. */
export function tapRules(variant: Variant): TapRules {
  return {
    facts: (onState) => new ChatFacts(variant, onState),
    body: (body, onState) => {
      if (onState !== undefined && hasMark(body, stateMarks)) tellStates(body, onState)
      return body.length > largeBytes ? largeBodyFacts(body) : bodyFacts(body, variant)
    },
    marks: [errorMark],
    stateMarks,
    ending: (event) => endingOf(event, variant),
    interruption: (error) => Buffer.from(sseData(JSON.stringify({ error: errorObject(error) }))),
    hideUsage: withoutUsageFrames,
  }
}

function tellStates(body: Uint8Array, onState: StateListener): void {
  const answer = parseJson(decodeText(body))
  if (isJsonObject(answer)) statesOfAnswer(answer).forEach(onState)
}

function endingOf(event: SseEvent, variant: Variant): TapEnding | undefined {
  const data = event.data.trim()
  if (data === '[DONE]') return 'end'
  const chunk = data.startsWith('{') ? parseJson(data) : undefined
  if (!isJsonObject(chunk)) return undefined
  const error = errorOf(chunk, variant)
  return error === undefined ? undefined : { error, told: error.policy.callerFault }
}
