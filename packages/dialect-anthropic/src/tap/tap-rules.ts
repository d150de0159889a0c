import type { GatewayError } from '@jackfield/core'
import type { TapRules } from '@jackfield/dialect-kit'
import { eventText } from '../chat/event-text.ts'
import { answerError } from '../errors/decode-error.ts'
import { errorEnvelope } from '../errors/encode-error.ts'
import type { Variant } from '../options.ts'
import { bodyFacts } from './body-facts.ts'
import { MessageFacts } from './message-facts.ts'
import { payloadOf } from './payload.ts'

/** How forwarded answers of this protocol are watched. */
export function tapRules({ errorCodes }: Variant): TapRules {
  return {
    facts: (onState) => new MessageFacts(errorCodes, onState),
    body: (body, onState) => bodyFacts(body, errorCodes, onState),
    marks: ['ssage_stop"', 'rror"'].map((mark) => Buffer.from(mark)),
    stateMarks: ['signature_delta"', 'acted_thinking"'].map((mark) => Buffer.from(mark)),
    ending(event) {
      const payload = payloadOf(event)
      if (payload === undefined) return undefined
      if (payload['type'] === 'message_stop') return 'end'
      const error = answerError(payload, errorCodes)
      return error === undefined ? undefined : { error, told: error.policy.callerFault }
    },
    interruption: (error: GatewayError) =>
      Buffer.from(eventText({ ...errorEnvelope(error), type: 'error' })),
  }
}
