import type { Finish, FinishReason, JsonValue } from '@jackfield/core'
import { finishOfWord } from '@jackfield/dialect-kit'

/** Words of OpenAI, and of providers that have their own (zai, DeepSeek, OpenRouter, vLLM; protocol reference 1.4). */
const reasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  model_context_window_exceeded: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  tool_use: 'tool-calls',
  content_filter: 'content-filter',
  sensitive: 'content-filter',
  error: 'error',
  abort: 'error',
  network_error: 'error',
  insufficient_system_resource: 'error',
}

/** Why an answer ended, by its `finish_reason`. */
export function decodeFinish(word: JsonValue | undefined, hasToolCalls: boolean): Finish {
  return finishOfWord(word, reasons, hasToolCalls)
}

/** The word for clients. `error` is OpenRouter's: a broken answer must not look like a good one. */
export function encodeFinish({ reason }: Finish): string {
  switch (reason) {
    case 'tool-calls':
      return 'tool_calls'
    case 'content-filter':
      return 'content_filter'
    case 'length':
    case 'error':
      return reason
    case 'stop':
    case 'pause':
    case 'other':
      return 'stop'
    default:
      return reason satisfies never
  }
}
