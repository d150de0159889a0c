import type { JsonObject, OpaqueState, StateAccess } from '@jackfield/core'
import { packStates } from '@jackfield/dialect-kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openaiResponses } from '../../src/index.ts'
import { bytes, json, textOf } from '../support/bytes.ts'
import { recording } from './support/responses.ts'

const states = openaiResponses.states as StateAccess
const thought = (data: string, rest: JsonObject = {}) => ({
  type: 'reasoning',
  id: `rs_${data}`,
  summary: [],
  encrypted_content: data,
  ...rest,
})
const said = { type: 'message', id: 'msg_1', role: 'assistant', content: 'a' }
const call = { type: 'function_call', id: 'fc_1', call_id: 'c', name: 'f', arguments: '{}' }
const output = { type: 'function_call_output', id: 'o_1', call_id: 'c', output: 'x' }
const user = { role: 'user', content: 'q' }
const ids: readonly string[] = ['msg_1', 'fc_1', 'fc_2']

const bodyOf = (...input: readonly JsonObject[]) => json({ model: 'm', input, stream: true })
const without = (body: Uint8Array, ...kept: readonly string[]) =>
  textOf(states.without(body, ({ data }) => kept.includes(String(data))))
const inputOf = (text: string) => JSON.parse(text).input

describe('state in a request', () => {
  it('is found in its order, with the id of what carries it', () => {
    expect(states.find(bodyOf(user, thought('A'), call, output, thought('B'), said))).toEqual([
      { kind: 'encrypted-content', data: 'A', id: 'rs_A' },
      { kind: 'encrypted-content', data: 'fc_1', id: 'fc_1' },
      { kind: 'encrypted-content', data: 'B', id: 'rs_B' },
      { kind: 'encrypted-content', data: 'msg_1', id: 'msg_1' },
    ])
  })

  it('is the id of what the model said or called, which only its provider can look up', () => {
    const made = `fc_${'0af9'.repeat(8)}_12`
    const { id: _, ...bare } = call

    expect(states.find(bodyOf({ ...call, id: made }))).toEqual([
      { kind: 'encrypted-content', data: made, id: made, origin: { dialect: '', scope: '' } },
    ])
    expect(states.find(bodyOf(bare, { role: 'assistant', id: 'msg_1', content: 'a' }))).toEqual([
      { kind: 'encrypted-content', data: 'msg_1', id: 'msg_1' },
    ])
  })

  it('is nobody’s where reasoning that another protocol showed has none', () => {
    const { encrypted_content: _, ...made } = thought(`${'0af9'.repeat(8)}_0`)
    const body = bodyOf(user, made, call, user)
    const nobodys: OpaqueState = {
      kind: 'encrypted-content',
      data: '',
      origin: { dialect: '', scope: '' },
    }

    expect(states.find(body)[0]).toEqual(nobodys)
    expect(inputOf(without(body, 'fc_1'))).toEqual([user, { ...call, id: undefined }, user])
    const { encrypted_content: __, ...own } = thought('A')
    expect(states.find(bodyOf(own))).toEqual([])
  })

  it('is found with its origin where another protocol made it', () => {
    const foreign: OpaqueState = {
      kind: 'signature',
      data: 's',
      origin: { dialect: 'anthropic-messages', scope: 'x' },
    }

    expect(states.find(bodyOf(thought(packStates([foreign]))))).toEqual([foreign])
    for (const mark of ['behind.', 'alone.']) {
      expect(states.find(bodyOf(thought(mark + packStates([foreign]))))).toEqual([foreign])
    }
  })

  it.each([
    ['web_search_call', { status: 'completed' }],
    ['mcp_list_tools', { tools: [] }],
    ['tool_search_output', { execution: 'server', tools: [] }],
    ['program', { code: '' }],
  ])('is the id of a %s', (type, rest) => {
    expect(states.find(bodyOf({ type, id: 'x_1', ...rest }))).toEqual([
      { kind: 'encrypted-content', data: 'x_1', id: 'x_1' },
    ])
  })

  it.each([
    ['a request without any', bodyOf(user, { ...user, id: 'msg_2' }, output)],
    ['words about it', bodyOf({ role: 'user', content: '"encrypted_content": "A"' })],
    ['an input that is a text', json({ input: '_call"' })],
    ['bytes that are no request', bytes('"encrypted_content"')],
    ['an empty value', bodyOf(thought(''))],
  ])('is not in %s', (_, body) => {
    expect(states.find(body)).toEqual([])
  })
})

describe('a request without the state that is refused', () => {
  it('is the same bytes where everything stays', () => {
    const body = bodyOf(user, thought('A'), said)

    expect(states.without(body, () => true)).toBe(body)
  })

  it.each([
    ['first', [thought('A'), said, user], [{ ...said, id: undefined }, user]],
    ['last', [user, said, thought('A')], [user, said]],
    ['alone', [thought('A')], []],
    [
      'twice in a row',
      [user, thought('A'), thought('B'), said],
      [user, { ...said, id: undefined }],
    ],
    ['twice in a row at the front', [thought('A'), thought('B'), user], [user]],
  ])('has no item and one comma less where it stood %s', (_, input, expected) => {
    expect(inputOf(without(bodyOf(...(input as JsonObject[])), ...ids))).toEqual(
      JSON.parse(JSON.stringify(expected)),
    )
  })

  it('keeps what is accepted', () => {
    expect(
      inputOf(without(bodyOf(thought('A'), call, output, thought('B'), said), 'B', ...ids)),
    ).toEqual([
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
      output,
      thought('B'),
      said,
    ])
  })

  it('takes the ids of what the reasoning led to, up to the next thing that the client said', () => {
    const [first, second, third, , , last] = inputOf(
      without(bodyOf(thought('A'), call, said, { ...call, id: 'fc_2' }, user, said), ...ids),
    )

    expect(first).not.toHaveProperty('id')
    expect(second).not.toHaveProperty('id')
    expect(third).not.toHaveProperty('id')
    expect(last ?? said).toHaveProperty('id')
  })

  it('has no ids that a provider could not find, and is otherwise the same', () => {
    const { id: _, ...bare } = call
    const body = bodyOf(user, thought('A'), call, output, said)

    expect(inputOf(without(body, 'A', 'msg_1'))).toEqual([user, thought('A'), bare, output, said])
  })

  it('has no compaction and no trace either', () => {
    const body = bodyOf({ type: 'compaction', id: 'cmp_1', encrypted_content: 'A' }, user, {
      type: 'web_search_call',
      id: 'ws_1',
    })

    expect(inputOf(without(body))).toEqual([user])
  })

  it('keeps every other byte', () => {
    const item = JSON.stringify(thought('A'))
    const text = `{ "model":"m",\n "input" : [ {"role":"user","content":"\\u00e9"} ,\t${item} , {"role":"assistant" , "id" : "msg_1","content":"a"}] ,"n":1.0 }`

    expect(textOf(states.without(bytes(text), () => false))).toBe(
      '{ "model":"m",\n "input" : [ {"role":"user","content":"\\u00e9"} , {"role":"assistant","content":"a"}] ,"n":1.0 }',
    )
  })

  it('is a request for any mixture of items', () => {
    const item = fc.constantFrom<JsonObject>(user, said, call, output, thought('A'), thought('B'), {
      ...said,
      id: 'x',
    })

    fc.assert(
      fc.property(fc.array(item, { maxLength: 8 }), fc.boolean(), (input, keepsB) => {
        const left = inputOf(without(bodyOf(...input), ...(keepsB ? ['B'] : [])))
        const expected = input.filter(
          (one) => one['type'] !== 'reasoning' || (keepsB && one['encrypted_content'] === 'B'),
        )

        expect(left.map(({ id: _, ...rest }: JsonObject) => rest)).toEqual(
          expected.map(({ id: _, ...rest }) => rest),
        )
      }),
      { numRuns: 300 },
    )
  })

  it('is what a recorded client would have sent without it', () => {
    const body = json(recording('openai-builtin-json-tools').request)
    const input = inputOf(without(body)) as JsonObject[]

    expect(input.map(({ type }) => type ?? 'message')).toEqual([
      'message',
      'function_call',
      'function_call_output',
    ])
  })
})
