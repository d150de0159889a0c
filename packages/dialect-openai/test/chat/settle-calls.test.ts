import type { Message } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { openaiChat } from '../../src/index.ts'
import { request } from '../support/requests.ts'

const wire = (messages: readonly Message[]) =>
  openaiChat.chat.encodeRequest({ ...request, messages }).body['messages']

const text = (value: string) => ({ type: 'text', text: value }) as const

const asks = (...ids: readonly string[]): Message => ({
  role: 'assistant',
  content: ids.map((callId) => ({
    type: 'tool-call',
    callId,
    name: 'f',
    kind: 'function',
    arguments: '{}',
  })),
})

const result = (callId: string, value: string) =>
  ({ type: 'tool-result', callId, kind: 'function', content: [text(value)] }) as const

const answers = (...ids: readonly string[]): Message => ({
  role: 'tool',
  content: ids.map((id) => result(id, `of ${id}`)),
})

const user: Message = { role: 'user', content: [text('and?')] }

const asked = { role: 'assistant' }
const answered = (id: string) => ({ role: 'tool', tool_call_id: id, content: `of ${id}` })
const filled = (id: string) => ({ role: 'tool', tool_call_id: id, content: 'No result was given.' })
const told = (id: string) => ({
  role: 'user',
  content: [text(`Output of tool call ${id}:`), text(`of ${id}`)],
})

describe('calls without a result', () => {
  it('get one, behind those that there are', () => {
    expect(wire([asks('a', 'b'), answers('b'), user])).toMatchObject([
      asked,
      answered('b'),
      filled('a'),
      { role: 'user', content: 'and?' },
    ])
  })

  it('get one where the conversation ends with them', () => {
    expect(wire([user, asks('a')])).toMatchObject([{ role: 'user' }, asked, filled('a')])
  })

  it('get one before the next turn of the model', () => {
    expect(wire([asks('a'), user, asks('b'), answers('b')])).toMatchObject([
      asked,
      filled('a'),
      { role: 'user', content: 'and?' },
      asked,
      answered('b'),
    ])
  })
})

describe('results', () => {
  it('that stand behind what the user said come right behind their call', () => {
    expect(wire([asks('a'), user, answers('a')])).toMatchObject([
      asked,
      answered('a'),
      { role: 'user', content: 'and?' },
    ])
  })

  it('of a turn in several messages come each behind its own', () => {
    expect(wire([asks('a'), asks('b'), answers('a', 'b')])).toMatchObject([
      asked,
      answered('a'),
      asked,
      answered('b'),
    ])
  })

  it('of calls of the same id, turn after turn, stay with their turn', () => {
    expect(wire([asks('a'), answers('a'), asks('a'), answers('a')])).toMatchObject([
      asked,
      answered('a'),
      asked,
      answered('a'),
    ])
  })

  it('without their call become the user’s words, in their place', () => {
    expect(wire([answers('x'), user, asks('a'), answers('x', 'a')])).toMatchObject([
      told('x'),
      { role: 'user', content: 'and?' },
      asked,
      answered('a'),
      told('x'),
    ])
  })

  it('of a call that has one already become the user’s words', () => {
    const twice = answers('a')

    expect(wire([asks('a'), twice, twice])).toMatchObject([asked, answered('a'), told('a')])
    expect(wire([asks('a'), answers('a', 'a')])).toMatchObject([asked, answered('a'), told('a')])
  })

  it('of a turn that is over become the user’s words', () => {
    expect(wire([asks('a'), user, asks('b'), answers('b', 'a')])).toMatchObject([
      asked,
      filled('a'),
      { role: 'user', content: 'and?' },
      asked,
      answered('b'),
      told('a'),
    ])
  })

  it('told in words say what failed, what is structured and what is shown', () => {
    const image = { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' } } as const
    const failed = { ...result('x', 'no such file'), failed: true }
    const structured = { ...result('y', ''), content: [], structured: { a: 1 } }
    const shown = { ...result('z', ''), content: [image] }

    expect(wire([{ role: 'tool', content: [failed, structured, shown] }])).toEqual([
      { role: 'user', content: [text('Error of tool call x:'), text('no such file')] },
      { role: 'user', content: [text('Output of tool call y:'), text('{"a":1}')] },
      {
        role: 'user',
        content: [
          text('Output of tool call z:'),
          { type: 'image_url', image_url: { url: 'https://x.test/a.png' } },
        ],
      },
    ])
  })
})

it('media of results stand behind all results of the turn, given or not', () => {
  const image = { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' } } as const
  const shown: Message = { role: 'tool', content: [{ ...result('a', ''), content: [image] }] }

  expect(wire([asks('a', 'b'), shown])).toMatchObject([
    asked,
    { role: 'tool', tool_call_id: 'a' },
    filled('b'),
    { role: 'user', content: [text('Output of tool call a:'), { type: 'image_url' }] },
  ])
})
