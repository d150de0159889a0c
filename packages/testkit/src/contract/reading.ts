import assert from 'node:assert/strict'
import type { AssistantPart, ChatResponse } from '@jackfield/core'
import type { ClientCall } from './rig/client-call.ts'

/** The answer of a call that must have gone well: status 200, ended regularly, and readable for its client. */
export function goodAnswer(call: ClientCall): ChatResponse {
  const { sink } = call
  const said = sink.text.slice(0, 500)
  assert.equal(sink.status, 200, `the client should get an answer, and got ${sink.status}: ${said}`)
  assert.equal(sink.state, 'ended', 'the answer should end regularly')
  assert.deepEqual(sink.misuse, [])
  const { response, error } = call.answer()
  assert.ok(response, `the client cannot read its answer (${error?.message}): ${said}`)
  return response
}

/** All text of an answer. */
export function textOf({ content }: Pick<ChatResponse, 'content'>): string {
  return ofType(content, 'text')
    .map(({ text }) => text)
    .join('')
}

/** All reasoning text of an answer. */
export function reasoningOf({ content }: Pick<ChatResponse, 'content'>): string {
  return ofType(content, 'reasoning')
    .map(({ text }) => text)
    .join('')
}

/** Ids, names and arguments of the tool calls of an answer. */
export function callsOf({ content }: Pick<ChatResponse, 'content'>): readonly {
  readonly id: string
  readonly name: string
  readonly arguments: string
}[] {
  return ofType(content, 'tool-call').map((call) => ({
    id: call.callId,
    name: call.name,
    arguments: call.arguments,
  }))
}

/** What clients make of an answer, apart from what names it (id, time, model). */
export function substanceOf({ content, finish, usage }: ChatResponse): object {
  return { content: content.map(withoutExtensions), finish, usage }
}

function ofType<Type extends AssistantPart['type']>(
  content: readonly AssistantPart[],
  type: Type,
): readonly Extract<AssistantPart, { readonly type: Type }>[] {
  return content.filter(
    (part): part is Extract<AssistantPart, { readonly type: Type }> => part.type === type,
  )
}

function withoutExtensions({ extensions: _, ...part }: AssistantPart): object {
  return part
}
