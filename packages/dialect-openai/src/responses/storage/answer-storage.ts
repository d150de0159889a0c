import {
  type AnswerStorage,
  type CallInput,
  GatewayError,
  type JsonObject,
  readBoolean,
  type StoredReply,
} from '@jackfield/core'
import { documentOf } from '@jackfield/dialect-kit'
import { unknownItems, unknownPrevious, unknownResource } from '../errors.ts'
import { type ResourceCall, resourceOf } from '../resource-path.ts'
import { readRecord, recordAnswer } from './answer-record.ts'
import { continueAnswer } from './continue-answer.ts'
import { itemList } from './item-list.ts'
import { insertItems, referencedAnswers } from './referenced-items.ts'
import { replayAnswer } from './replay-answer.ts'
import { resumeRequest } from './resume-request.ts'

/** Answers are stored unless the client says `store: false` (protocol reference 2.2). */
export const responsesStorage: AnswerStorage = {
  isWanted(body, head) {
    if (head.operation !== 'chat') return false
    const store = documentOf(body, head).get('store')
    return store?.kind !== 'boolean' || readBoolean(body, store)
  },
  record: recordAnswer,
  resume: resumeRequest,
  references: referencedAnswers,
  insert: insertItems,
  serve: serveRecord,
  continueAs: continueAnswer,
  unknown(id, head) {
    if (head.operation === 'resource') return unknownResource(id)
    return head.continues === id ? unknownPrevious(id) : unknownItems(id)
  },
}

function serveRecord(input: CallInput, record: JsonObject): StoredReply {
  const call = resourceOf(input)
  const { answer, input: items } = readRecord(record)
  switch (call?.action) {
    case 'retrieve':
      return call.stream ? replay(answer, call) : reply(answer)
    case 'delete':
      return { ...reply({ id: call.id, object: 'response', deleted: true }), forget: true }
    case 'input-items':
      return reply(itemList(items, call.query))
    case 'cancel':
      throw new GatewayError(
        'invalid_request',
        'Only responses that were created with `background` can be cancelled.',
      )
    default:
      throw new GatewayError('not_found', 'Stored responses have no such operation.')
  }
}

function reply(document: JsonObject): StoredReply {
  return { body: Buffer.from(JSON.stringify(document)), framing: 'json' }
}

function replay(answer: JsonObject, { query }: ResourceCall): StoredReply {
  const text = query.get('starting_after')
  const after = text === null || text === '' ? -1 : Number(text)
  if (!Number.isInteger(after) || after < -1) {
    const param = 'starting_after'
    throw new GatewayError('invalid_request', `\`${param}\` must be the number of an event.`, {
      param,
    })
  }
  return { body: replayAnswer(answer, after), framing: 'sse' }
}
