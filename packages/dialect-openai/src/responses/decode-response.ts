import {
  type ChatResponse,
  GatewayError,
  isJsonObject,
  type JsonObject,
  type StartPart,
} from '@jackfield/core'
import { asExtensions, decodeText, leftoverOf, parseJson } from '@jackfield/dialect-kit'
import { responsesName } from '../names.ts'
import { decodeOutput } from './decode-output.ts'
import { failureIn } from './errors.ts'
import { decodeFinish } from './finish.ts'
import { filled } from './item-kinds.ts'
import type { ResponsesVariant } from './options.ts'
import { echoedMembers } from './response-document.ts'
import { decodeUsage } from './usage.ts'

/** Members that are read, and those in which a provider repeats the request: our client's own request is repeated instead. */
const readMembers = new Set([
  ...['id', 'object', 'created_at', 'completed_at', 'status', 'error', 'incomplete_details'],
  ...['model', 'output', 'output_text', 'usage', 'frequency_penalty', 'presence_penalty'],
  ...['billing', ...echoedMembers],
])

/**
 * A whole answer.
 *
 * @throws GatewayError what the body says, if it is an error in a 200 or a failed answer; `upstream_invalid_response` if it is
 * no answer.
 */
export function decodeResponsesResponse(body: Uint8Array, variant: ResponsesVariant): ChatResponse {
  const value = parseJson(decodeText(body))
  if (!isJsonObject(value)) throw unreadable('is not a JSON object')
  const answer = unwrapped(value)
  const failure = failureIn(answer, variant)
  if (failure !== undefined) throw failure
  if (!Array.isArray(answer['output'])) throw unreadable('has no `output`')
  const { type: _, ...start } = decodeStart(answer)
  const content = decodeOutput(answer['output'], start.id ?? '')
  const usage = decodeUsage(answer['usage'])
  return {
    ...start,
    content,
    finish: decodeFinish(answer, hasCalls(content)),
    ...(usage === undefined ? {} : { usage }),
    ...asExtensions(leftoverOf(answer, readMembers), responsesName),
  }
}

function hasCalls(content: ChatResponse['content']): boolean {
  return content.some((part) => part.type === 'tool-call')
}

/** Some servers answer with the last event instead of the response in it. */
function unwrapped(value: JsonObject): JsonObject {
  const { response } = value
  return value['output'] === undefined && isJsonObject(response) ? response : value
}

function unreadable(problem: string): GatewayError {
  return new GatewayError('upstream_invalid_response', `The provider’s answer ${problem}.`)
}

/** What a response object says of itself while it is in progress. */
export function decodeStart(response: JsonObject): StartPart {
  const id = filled(response['id'])
  const model = filled(response['model'])
  const created = response['created_at']
  return {
    type: 'start',
    ...(id === undefined ? {} : { id }),
    ...(model === undefined ? {} : { model }),
    ...(typeof created === 'number' && created > 0 ? { created } : {}),
  }
}
