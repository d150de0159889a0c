import type { StoredReply } from '../dialect.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { CallState } from './call-state.ts'
import type { StoredAnswers } from './stored-answers.ts'

/**
 * Finds what a call names: the answer that it continues, or the one that it is about. A call that continues an answer kept
 * here is completed with it; one whose answer a provider holds is pinned there. Returns the reply to a call about an
 * answer kept here. Throws the dialect's error for an id that this principal does not have.
 */
export async function resolveNamed(
  call: CallState,
  answers: StoredAnswers,
): Promise<StoredReply | undefined> {
  const { storage } = call.input.dialect
  const { resourceId, continues } = call.head
  const id = resourceId ?? continues
  if (storage === undefined || id === undefined) return undefined
  const found = await lookUp(call, answers, id)
  if (found === undefined) throw storage.unknown(id, call.head)
  if (found.where === 'provider') {
    call.pin = found.pin
    return undefined
  }
  if (resourceId === undefined) {
    call.resume(storage.resume(call.requireBytes(), call.head, found.record))
    return undefined
  }
  const reply = storage.serve(call.input, found.record)
  if (reply.forget === true) answers.forget(call.principal.id, id)
  return reply
}

async function lookUp(call: CallState, answers: StoredAnswers, id: string) {
  try {
    return await answers.find(call.principal.id, id)
  } catch (cause) {
    throw new GatewayError(
      'no_available_target',
      'The store of answers cannot be reached. Try again in a moment.',
      { cause },
    )
  }
}
