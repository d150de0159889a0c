import { expect, it } from 'vitest'
import { openaiChat, openaiCompletions } from '../src/index.ts'

const context = { model: 'm', id: 'abc', created: 1, framing: 'sse', includeUsage: false } as const
const answer = {
  content: [{ type: 'text', text: 'Hi' }],
  finish: { reason: 'stop' },
} as const
const parts = [
  { type: 'text-start', id: 't' },
  { type: 'text-delta', id: 't', text: 'Hi' },
  { type: 'finish', reason: 'stop' },
] as const

it.each([
  ['chatcmpl-abc', openaiChat],
  ['cmpl-abc', openaiCompletions],
])('an answer without an id gets one as clients know it: %s', (id, dialect) => {
  const whole = Buffer.from(dialect.chat.encodeResponse(answer, context)).toString()
  const streamed = Buffer.from(dialect.chat.streamEncoder(context).push(parts)).toString()

  expect(JSON.parse(whole).id).toBe(id)
  expect(streamed).toContain(`"id":"${id}"`)
})
