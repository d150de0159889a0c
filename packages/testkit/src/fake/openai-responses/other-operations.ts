import { readBody } from '../openai/check-request.ts'
import { digest } from '../openai/default-answer.ts'
import type { RecordedRequest } from '../recorded-request.ts'
import { reply, type ScriptStep } from '../script.ts'
import { checkResponsesBody, compactEndpoint, inputTokensEndpoint } from './check-request.ts'
import { conversationOf } from './conversation.ts'
import { checkModel } from './create-response.ts'
import { countTokens } from './default-answer.ts'
import { wireUsage } from './document.ts'
import { withId } from './input-item.ts'
import { type Memory, rememberIssued } from './memory.ts'
import type { ResponsesSettings } from './settings.ts'

/** `POST /responses/input_tokens`: a token is a word of the texts that the model is shown. */
export function inputTokens(
  settings: ResponsesSettings,
  request: RecordedRequest,
  memory: Memory,
): readonly ScriptStep[] {
  const { off } = settings
  const body = readBody(request, off)
  checkResponsesBody(body, memory, { endpoint: inputTokensEndpoint, off })
  checkModel(settings, body)
  const conversation = conversationOf(body, memory).map(({ item }) => item)
  const input_tokens = countTokens(body, conversation)
  return reply(200, { object: 'response.input_tokens', input_tokens })
}

/** `POST /responses/compact`: what the users said, and one item for all the rest. */
export function compact(
  settings: ResponsesSettings,
  request: RecordedRequest,
  memory: Memory,
): readonly ScriptStep[] {
  const { off } = settings
  const body = readBody(request, off)
  checkResponsesBody(body, memory, { endpoint: compactEndpoint, off })
  checkModel(settings, body)
  const conversation = conversationOf(body, memory).map(({ item }) => item)
  const key = digest([memory.seed, body])
  const id = `cmp_${key}`
  const compaction = { id, type: 'compaction', encrypted_content: memory.seal.seal({ id }) }
  rememberIssued(memory, [compaction])
  const said = conversation.map(withId).filter((item) => item['role'] === 'user')
  const inputCount = countTokens(body, conversation)
  return reply(200, {
    id: `resp_${key}`,
    object: 'response.compaction',
    created_at: 1_700_000_000,
    output: [...said, compaction],
    usage: wireUsage({ inputTokens: inputCount, outputTokens: 1 }),
  })
}
