import type { ChatResponse, EncodeContext, JsonValue } from '@jackfield/core'
import { isJsonObject } from '@jackfield/core'
import { madeId } from '@jackfield/dialect-kit'
import { encodeFinish } from '../chat/finish-reason.ts'
import { encodeUsage } from '../chat/usage.ts'
import { chatName } from '../names.ts'
import { legacyLogprobs } from './legacy-logprobs.ts'

/** The text of an answer as a legacy completion. Reasoning and calls have no place in it. */
export function encodeResponse(response: ChatResponse, context: EncodeContext): Uint8Array {
  const text = response.content.map((part) => (part.type === 'text' ? part.text : '')).join('')
  const answer = {
    id: response.id ?? madeId('cmpl-', context.id),
    object: 'text_completion',
    created: response.created ?? context.created,
    model: response.model ?? context.model,
    choices: [
      {
        index: 0,
        text,
        logprobs: legacyLogprobs(logprobsOf(response), 0),
        finish_reason: encodeFinish(response.finish),
      },
    ],
    ...(response.usage === undefined ? {} : { usage: encodeUsage(response.usage) }),
  }
  return Buffer.from(JSON.stringify(answer))
}

function logprobsOf({ extensions }: ChatResponse): JsonValue | undefined {
  const choices = extensions?.[chatName]?.['choices']
  const choice = Array.isArray(choices) ? choices[0] : undefined
  return isJsonObject(choice) ? choice['logprobs'] : undefined
}
