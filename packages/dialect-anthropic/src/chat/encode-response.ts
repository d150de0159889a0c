import type { ChatResponse, EncodeContext } from '@jackfield/core'
import { madeId, mergeObjects } from '@jackfield/dialect-kit'
import { ownMembers } from '../leftover.ts'
import { answerBlocks } from './answer-blocks.ts'
import { encodeEnd } from './finish-reason.ts'
import { encodeUsage } from './usage.ts'

/** A whole answer for a client. */
export function encodeResponse(response: ChatResponse, context: EncodeContext): Uint8Array {
  const { content, finish, extensions } = response
  const shown = {
    calls: content.some(({ type }) => type === 'tool-call'),
    refusal: content.some(({ type }) => type === 'refusal'),
  }
  const message = {
    id: response.id ?? madeId('msg_', context.id),
    type: 'message',
    role: 'assistant',
    model: response.model ?? context.model,
    content: answerBlocks(content),
    ...encodeEnd(finish, shown),
    usage: encodeUsage(response.usage ?? {}),
  }
  const rest = mergeObjects(ownMembers(finish.extensions), ownMembers(extensions))
  return Buffer.from(JSON.stringify(mergeObjects(rest, message)))
}
