import {
  type AssistantPart,
  type ChatResponse,
  GatewayError,
  isJsonObject,
  type JsonObject,
} from '@jackfield/core'
import { asExtensions, decodeText, parseJson } from '@jackfield/dialect-kit'
import { answerError } from '../errors/decode-error.ts'
import { anthropicName } from '../names.ts'
import type { Variant } from '../options.ts'
import { endRest, refusalText, startRest } from './answer-members.ts'
import { blocksIn, decodeAssistantBlock } from './decode-block.ts'
import { decodeFinish } from './finish-reason.ts'
import { decodeUsage } from './usage.ts'

/**
 * A whole answer.
 *
 * @throws GatewayError what the body says, if it is an error in a 200; `upstream_invalid_response` if it is no answer.
 */
export function decodeResponse(body: Uint8Array, variant: Variant): ChatResponse {
  const answer = parseAnswer(body)
  const failure = answerError(answer, variant.errorCodes)
  if (failure !== undefined) throw failure
  if (!Array.isArray(answer['content'])) throw unreadable('The provider’s answer has no `content`.')
  const { id, model } = answer
  const content = decodeContent(answer)
  const usage = decodeUsage(answer['usage'])
  const end = {
    stop_reason: answer['stop_reason'],
    stop_sequence: answer['stop_sequence'],
    rest: endRest(answer),
  }
  return {
    ...(typeof id === 'string' && id !== '' ? { id } : {}),
    ...(typeof model === 'string' && model !== '' ? { model } : {}),
    content,
    finish: decodeFinish(
      end,
      content.some(({ type }) => type === 'tool-call'),
    ),
    ...(usage === undefined ? {} : { usage }),
    ...asExtensions(startRest(answer), anthropicName),
  }
}

function decodeContent(answer: JsonObject): AssistantPart[] {
  const parts: AssistantPart[] = blocksIn(answer['content'])
    .map((block) => decodeAssistantBlock(block, 'provider'))
    .filter((part) => part !== undefined)
  const refusal = refusalText(answer)
  return refusal === '' ? parts : [...parts, { type: 'refusal', text: refusal }]
}

function parseAnswer(body: Uint8Array): JsonObject {
  const value = parseJson(decodeText(body))
  if (isJsonObject(value)) return value
  throw unreadable(
    value === undefined
      ? 'The provider’s answer is not valid JSON.'
      : 'The provider’s answer is not a JSON object.',
  )
}

function unreadable(message: string): GatewayError {
  return new GatewayError('upstream_invalid_response', message)
}
