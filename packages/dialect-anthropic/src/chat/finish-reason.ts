import type { Finish, FinishReason, JsonObject, JsonValue } from '@jackfield/core'
import { asExtensions, finishOfWord } from '@jackfield/dialect-kit'
import { anthropicName } from '../names.ts'

/** Words of `stop_reason`, after protocol reference 3.6. */
const reasons: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  refusal: 'content-filter',
  pause_turn: 'pause',
  compaction: 'pause',
}

/** Every word that an answer may end with. */
export const stopReasons: ReadonlySet<JsonValue | undefined> = new Set(Object.keys(reasons))

/** What the end of an answer says, in a message or collected from a stream. */
export interface WireEnd {
  readonly stop_reason?: JsonValue | undefined
  readonly stop_sequence?: JsonValue | undefined
  /** Members of the end without a canonical name (`stop_details`, `container`, `context_management`). */
  readonly rest?: JsonObject | undefined
}

/** Why an answer ended. */
export function decodeFinish(end: WireEnd, hasToolCalls: boolean): Finish {
  const { stop_sequence: sequence } = end
  return {
    ...finishOfWord(end.stop_reason, reasons, hasToolCalls),
    ...(typeof sequence === 'string' ? { stopSequence: sequence } : {}),
    ...asExtensions(end.rest, anthropicName),
  }
}

/** What has been shown of an answer, as far as it decides how it ended. */
export interface Shown {
  readonly calls: boolean
  readonly refusal: boolean
}

/**
 * The word for clients: the provider's own where it means the same. The protocol has none for an answer that broke or ended for an
 * unknown reason: both are an `end_turn`.
 */
function encodeFinish({ reason, raw, stopSequence }: Finish, shown: Shown): string {
  switch (reason) {
    case 'stop':
      if (shown.calls) return 'tool_use'
      if (shown.refusal) return 'refusal'
      return stopSequence === undefined ? 'end_turn' : 'stop_sequence'
    case 'tool-calls':
      return shown.calls ? 'tool_use' : 'end_turn'
    case 'length':
    case 'pause':
      return sameMeaning(raw, reason) ?? (reason === 'length' ? 'max_tokens' : 'pause_turn')
    case 'content-filter':
      return 'refusal'
    case 'error':
    case 'other':
      return shown.calls ? 'tool_use' : 'end_turn'
    default:
      return reason satisfies never
  }
}

function sameMeaning(raw: string | undefined, reason: FinishReason): string | undefined {
  return raw !== undefined && Object.hasOwn(reasons, raw) && reasons[raw] === reason
    ? raw
    : undefined
}

/** The members with which a message tells its end: the same in a whole answer and in `message_delta`. */
export function encodeEnd(finish: Finish, shown: Shown): JsonObject {
  const word = encodeFinish(finish, shown)
  const own = finish.extensions?.[anthropicName] ?? {}
  return {
    stop_reason: word,
    stop_sequence: word === 'stop_sequence' ? (finish.stopSequence ?? null) : null,
    stop_details:
      own['stop_details'] ??
      (word === 'refusal' ? { type: 'refusal', category: null, explanation: null } : null),
  }
}
