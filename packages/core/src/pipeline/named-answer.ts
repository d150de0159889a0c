import type { StoredReply } from '../dialect.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { JsonObject } from '../json-value.ts'
import type { CallState } from './call-state.ts'
import type { StoredAnswer, StoredAnswers } from './stored-answers.ts'

/** Whether a call names stored answers, or may do so. */
export function namesAnswers(call: CallState): boolean {
  const { resourceId, continues } = call.head
  return resourceId !== undefined || continues !== undefined || call.references.length > 0
}

/**
 * Finds what a call names: the answer that it continues, the one that it is about, or those of which it names items. A call that
 * continues an answer kept here is completed with it; one whose answer a provider holds is pinned there; one that continues a reply of
 * the gateway's own continues what that stood for. Whatever is continued hands its session and its affinity key on. Returns the reply to
 * a call about an answer kept here. Throws the dialect's error for an id that this principal does not have.
 */
export async function resolveNamed(
  call: CallState,
  answers: StoredAnswers,
): Promise<StoredReply | undefined> {
  const reply = await resolveAnswer(call, answers)
  if (reply === undefined && call.head.resourceId === undefined) await insertItems(call, answers)
  return reply
}

async function resolveAnswer(
  call: CallState,
  answers: StoredAnswers,
): Promise<StoredReply | undefined> {
  const { storage } = call.input.dialect
  const { resourceId, continues } = call.head
  const id = resourceId ?? continues
  if (storage === undefined || id === undefined) return undefined
  const found = await lookUp(call, answers, id)
  if (found === undefined) throw storage.unknown(id, call.head)
  if (resourceId === undefined) call.inherit(found.identity)
  if (found.where === 'provider') {
    call.pin = found.pin
    return undefined
  }
  if (resourceId === undefined) return await goOn(call, answers, found)
  const reply = storage.serve(call.input, found.record)
  if (reply.forget === true) answers.forget(call.principal.id, id)
  return reply
}

/** Continues an answer that is kept here. */
async function goOn(
  call: CallState,
  answers: StoredAnswers,
  found: Exclude<StoredAnswer, { where: 'provider' }>,
): Promise<StoredReply | undefined> {
  const { storage } = call.input.dialect
  const bytes = call.requireBytes()
  if (storage === undefined) return undefined
  if (found.where === 'reply') {
    call.resume(storage.continueAs(bytes, call.head, found.continues))
    return await resolveAnswer(call, answers)
  }
  call.resume(storage.resume(bytes, call.head, found.record))
  return undefined
}

/** What a provider keeps stays a reference: it looks the items up itself. */
async function insertItems(call: CallState, answers: StoredAnswers): Promise<void> {
  const { storage } = call.input.dialect
  const { bytes, head } = call
  if (storage === undefined || bytes === undefined) return
  const records: JsonObject[] = []
  for (const id of call.references) {
    const found = await lookUp(call, answers, id)
    if (found === undefined) throw storage.unknown(id, head)
    if (found.where !== 'provider') records.push(found.record)
  }
  if (records.length === 0 || storage.insert === undefined) return
  call.resume(storage.insert(bytes, head, records))
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
