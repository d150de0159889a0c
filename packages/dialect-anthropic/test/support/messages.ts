import type { Message, OpaqueState } from '@jackfield/core'

/** A wire object as it looks behind the wire. */
export const plain = (body: unknown) => JSON.parse(JSON.stringify(body))

export const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] })
export const system = (text: string): Message => ({
  role: 'system',
  content: [{ type: 'text', text }],
})
export const said = (text: string): Message => ({
  role: 'assistant',
  content: [{ type: 'text', text }],
})
export const call = (callId: string, args = '{"a":1}', name = 'f') =>
  ({ type: 'tool-call', callId, name, kind: 'function', arguments: args }) as const
export const calls = (...callIds: readonly string[]): Message => ({
  role: 'assistant',
  content: callIds.map((id) => call(id)),
})
export const result = (callId: string, text = 'ok') =>
  ({ type: 'tool-result', callId, kind: 'function', content: [{ type: 'text', text }] }) as const
export const results = (...callIds: readonly string[]): Message => ({
  role: 'tool',
  content: callIds.map((id) => result(id)),
})
export const signature = (data: string): OpaqueState => ({ kind: 'signature', data })
export const thought = (text: string, ...state: readonly OpaqueState[]) =>
  ({ type: 'reasoning', form: 'summary', text, state }) as const
export const tools = [{ type: 'function', name: 'f' }] as const
