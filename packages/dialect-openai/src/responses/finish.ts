import {
  type Finish,
  type FinishReason,
  GatewayError,
  isJsonObject,
  type JsonObject,
} from '@jackfield/core'
import { filled } from './item-kinds.ts'

/** Why an answer is incomplete (protocol reference 2.4, 5.7). */
const incompleteReasons: Readonly<Record<string, FinishReason>> = {
  max_output_tokens: 'length',
  max_messages: 'length',
  content_filter: 'content-filter',
}

/** The end of an answer that did not fail. `complete` is what some old servers say. */
export function decodeFinish(response: JsonObject, hasToolCalls: boolean): Finish {
  const status = filled(response['status'])
  switch (status) {
    case undefined:
      return { reason: hasToolCalls ? 'tool-calls' : 'stop' }
    case 'completed':
    case 'complete':
      return { reason: hasToolCalls ? 'tool-calls' : 'stop', raw: status }
    case 'incomplete': {
      const details = response['incomplete_details']
      const raw = (isJsonObject(details) ? filled(details['reason']) : undefined) ?? status
      return { reason: reasonOf(raw), raw }
    }
    default:
      return { reason: 'other', raw: status }
  }
}

function reasonOf(raw: string): FinishReason {
  return Object.hasOwn(incompleteReasons, raw) ? (incompleteReasons[raw] ?? 'other') : 'other'
}

/** What a response object says of its end. */
export interface Ending {
  readonly status: 'completed' | 'incomplete' | 'failed'
  readonly incompleteReason?: string
}

export function encodeFinish({ reason }: Finish): Ending {
  switch (reason) {
    case 'length':
      return { status: 'incomplete', incompleteReason: 'max_output_tokens' }
    case 'content-filter':
      return { status: 'incomplete', incompleteReason: 'content_filter' }
    case 'error':
      return { status: 'failed' }
    case 'stop':
    case 'tool-calls':
    case 'pause':
    case 'other':
      return { status: 'completed' }
    default:
      return reason satisfies never
  }
}

/** The error of an answer of which its provider says that generation broke. */
export function brokenGeneration(): GatewayError {
  return new GatewayError('upstream_error', 'The provider says that the generation broke.')
}
