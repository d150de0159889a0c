import type { JsonObject, OpaqueState, StreamPart } from '@jackfield/core'
import { lastResponse } from './responses.ts'

export const stop = { type: 'finish', reason: 'stop' } as const
export const said = (...deltas: string[]): StreamPart[] => [
  { type: 'text-start', id: 't' },
  ...deltas.map((text) => ({ type: 'text-delta', id: 't', text }) as const),
  { type: 'text-end', id: 't' },
]
export const called = (
  id: string,
  kind: 'function' | 'custom' = 'function',
  name = 'f',
): StreamPart[] => [
  { type: 'tool-call-start', id, callId: `call_${id}`, name, kind },
  { type: 'tool-call-delta', id, arguments: '{"a"' },
  { type: 'tool-call-delta', id, arguments: ':1}' },
  { type: 'tool-call-end', id },
]
export const thought = (form: 'summary' | 'raw', state?: readonly OpaqueState[]): StreamPart[] => [
  { type: 'reasoning-start', id: 'r', form },
  { type: 'reasoning-delta', id: 'r', text: 'Hm.' },
  { type: 'reasoning-end', id: 'r', ...(state === undefined ? {} : { state }) },
]
export const outputOf = (stream: string) => lastResponse(stream)['output'] as JsonObject[]
