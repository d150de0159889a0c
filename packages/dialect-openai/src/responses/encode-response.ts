import type {
  AssistantPart,
  ChatResponse,
  EncodeContext,
  JsonObject,
  JsonValue,
  TextPart,
} from '@jackfield/core'
import { mergeObjects } from '@jackfield/dialect-kit'
import { responsesName } from '../names.ts'
import { AnswerWriter } from './answer-writer.ts'
import { silentSink } from './event-writer.ts'
import { ownState } from './reasoning-state.ts'

/** A whole answer for a client: the document that the stream of the same parts would have ended with. */
export function encodeResponsesResponse(
  response: ChatResponse,
  context: EncodeContext,
): Uint8Array {
  const answer = new AnswerWriter(context, silentSink)
  answer.begin(response)
  for (const [index, part] of response.content.entries()) addPart(answer, part, index)
  const document = answer.finish(response.finish, response.usage)
  const whole = mergeObjects(response.extensions?.[responsesName] ?? {}, document)
  context.keep?.(whole)
  return Buffer.from(JSON.stringify(whole))
}

function addPart(answer: AnswerWriter, part: AssistantPart, index: number): void {
  switch (part.type) {
    case 'text':
      addText(answer, part)
      return
    case 'refusal':
      answer.refusal(part.text)
      return
    case 'reasoning':
      answer.startReasoning(part.form, ownState(part.state)?.id)
      answer.think(part.text)
      answer.endReasoning(part.state)
      return
    case 'tool-call': {
      const id = String(index)
      answer.startCall({ ...part, id })
      answer.arguments(id, part.arguments)
      answer.endCall(id)
      answer.behindCall(part.state)
      return
    }
    case 'provider':
      answer.provider(part)
      return
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
      answer.file(part)
      return
    default:
      part satisfies never
  }
}

function addText(answer: AnswerWriter, part: TextPart): void {
  const own = part.extensions?.[responsesName] ?? {}
  const { phase } = own
  const shown = typeof phase === 'string' ? phase : undefined
  answer.startText(shown)
  answer.text(part.text, logprobsOf(own), shown)
  for (const citation of part.citations ?? []) answer.cite(citation)
  answer.behindText(part.state)
}

function logprobsOf({ logprobs }: JsonObject): readonly JsonValue[] {
  return Array.isArray(logprobs) ? logprobs : []
}
