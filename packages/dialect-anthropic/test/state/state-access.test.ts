import type { OpaqueState } from '@jackfield/core'
import { packStates } from '@jackfield/dialect-kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anthropicMessages } from '../../src/index.ts'
import { bytes, context, json, textOf } from '../support/bytes.ts'
import { assistant, minimal, user } from '../support/requests.ts'

const { states } = anthropicMessages
if (states === undefined) throw new Error('the dialect has state')

const foreign: OpaqueState = {
  kind: 'thought-signature',
  data: 'x',
  origin: { dialect: 'gemini', scope: 'g' },
}
const thinking = (signature: string, words = 'hm') => ({
  type: 'thinking',
  thinking: words,
  signature,
})
const redacted = (data: string) => ({ type: 'redacted_thinking', data })
const call = { type: 'tool_use', id: 't', name: 'f', input: {} }
const result = { type: 'tool_result', tool_use_id: 't', content: 'ok' }
const text = { type: 'text', text: 'a "signature": "no"' }

const bodyOf = (messages: readonly unknown[], more: object = {}) =>
  json({ ...minimal, messages, ...more })

const without = (body: Uint8Array, keeps: (state: OpaqueState) => boolean = () => false) =>
  textOf(states.without(body, keeps))

describe('state in a body', () => {
  it('is found in its order', () => {
    const body = bodyOf([
      user('a'),
      assistant(thinking('one'), redacted('two'), text),
      user('b'),
      assistant(thinking('three'), redacted(packStates([foreign]))),
    ])

    expect(states.find(body)).toEqual([
      { kind: 'signature', data: 'one' },
      { kind: 'redacted-thinking', data: 'two' },
      { kind: 'signature', data: 'three' },
      foreign,
    ])
  })

  it('is found by search as it is by a walk through the blocks', () => {
    const block = fc.oneof(
      fc.constantFrom<object>(text, call, { type: 'thinking', thinking: 'x' }),
      fc
        .tuple(
          fc.constantFrom('', 'a', packStates([foreign]), 'q"\\'),
          fc.constantFrom('hm', '"signature":"x"'),
        )
        .map(([signature, words]) => thinking(signature, words)),
    )
    const noted = fc.array(fc.oneof(block, fc.constant(redacted('r'))), {
      minLength: 1,
      maxLength: 4,
    })

    fc.assert(
      fc.property(fc.array(noted, { maxLength: 4 }), fc.boolean(), (turns, isPretty) => {
        const messages = turns.flatMap((blocks) => [
          user('thinking "thinking"'),
          assistant(...blocks),
        ])
        const body = bytes(
          JSON.stringify({ ...minimal, messages, thinking: {} }, null, isPretty ? 1 : 0),
        )

        expect(states.find(body)).toEqual(turns.flat().flatMap(statesOfBlock))
      }),
      { numRuns: 300 },
    )
  })

  it('is not looked for where there is none', () => {
    expect(states.find(bodyOf([user('a "signature" and "thinking"')]))).toEqual([])
    expect(states.find(bytes('no JSON with "signature"'))).toEqual([])
  })

  it('counts as nobody’s where it is empty, broken or made for a client', () => {
    const made = {
      ...{ type: 'web_search_result_location', url: 'https://x.test', title: null },
      ...{ encrypted_index: '', cited_text: '' },
    }
    const body = bodyOf([
      user('a'),
      assistant(
        thinking(''),
        { type: 'thinking', thinking: 'x' },
        thinking(packStates([])),
        thinking(packStates([foreign]).slice(0, -9)),
        { ...text, citations: [made] },
      ),
    ])

    expect(states.find(body).map(({ origin }) => origin)).toEqual(
      Array.from({ length: 5 }, () => ({ dialect: '', scope: '' })),
    )
  })
})

/** What a block holds, read from the object. */
function statesOfBlock(block: object): OpaqueState[] {
  if ('data' in block) return [{ kind: 'redacted-thinking', data: String(block.data) }]
  if (!('thinking' in block)) return []
  const data = 'signature' in block ? String(block.signature) : ''
  const nobody = { dialect: '', scope: '' }
  if (data === '') return [{ kind: 'signature', data, origin: nobody }]
  return data === packStates([foreign]) ? [foreign] : [{ kind: 'signature', data }]
}

describe('a body without its state', () => {
  it('is the same array where everything stays', () => {
    const body = bodyOf([user('a'), assistant(thinking('one'), text), user('b')])

    expect(states.without(body, () => true)).toBe(body)
    expect(states.without(bodyOf([user('a')]), () => false)).toEqual(bodyOf([user('a')]))
  })

  it('loses whole blocks and keeps every other byte', () => {
    const body = bytes(
      '{ "model":"m",\n "messages" : [ {"role":"user","content":"a"}, {"content": [ {"type":"thinking","thinking":"x","signature":"s1"} , {"type":"text","text":"b\\u00e4"} ,{"data":"r","type":"redacted_thinking"} ], "role":"assistant" },{"role":"user","content":"c"} ] , "x":1e3}',
    )

    expect(without(body)).toBe(
      '{ "model":"m",\n "messages" : [ {"role":"user","content":"a"}, {"content": [ {"type":"text","text":"b\\u00e4"} ], "role":"assistant" },{"role":"user","content":"c"} ] , "x":1e3}',
    )
  })

  it('loses only what is refused', () => {
    const body = bodyOf([user('a'), assistant(thinking('one'), thinking('two'), text), user('b')])

    expect(without(body, ({ data }) => data === 'two')).toBe(
      textOf(bodyOf([user('a'), assistant(thinking('two'), text), user('b')])),
    )
  })

  it('loses messages that held nothing else', () => {
    const body = bodyOf([user('a'), assistant(thinking('one'), redacted('two')), user('b')])

    expect(without(body)).toBe(textOf(bodyOf([user('a'), user('b')])))
  })

  it('loses citations that were made for a client', () => {
    const made = { type: 'web_search_result_location', url: 'u', encrypted_index: '' }
    const own = { ...made, encrypted_index: 'E' }
    const with2 = (...citations: readonly unknown[]) =>
      bodyOf([user('a'), assistant({ ...text, citations }), user('b')])

    expect(without(with2(made, own))).toBe(textOf(with2(own)))
  })

  const asked = { thinking: { type: 'enabled', budget_tokens: 2000 } }

  it('asks for no thinking where an open tool loop has lost it', () => {
    const body = bodyOf([user('a'), assistant(thinking('one'), call), user([result])], asked)

    expect(JSON.parse(without(body))).toEqual({
      ...minimal,
      messages: [user('a'), assistant(call), user([result])],
      thinking: { type: 'disabled' },
    })
  })

  it('asks for no more effort than goes with that', () => {
    const more = { thinking: { type: 'adaptive' }, output_config: { effort: 'max', x: 1 } }
    const body = bodyOf([user('a'), assistant(thinking('one'), call), user([result])], more)

    expect(JSON.parse(without(body))).toMatchObject({
      thinking: { type: 'disabled' },
      output_config: { effort: 'high', x: 1 },
    })
  })

  it.each([
    ['the loop is closed', [user('a'), assistant(thinking('one'), text), user('b')]],
    [
      'another block is left in front',
      [user('a'), assistant(thinking('keep'), thinking('one'), call), user([result])],
    ],
    [
      'only an earlier turn lost it',
      [
        user('a'),
        assistant(thinking('one'), text),
        user('b'),
        assistant(thinking('keep'), call),
        user([result]),
      ],
    ],
  ])('still asks for thinking where %s', (_, messages) => {
    const rest = without(bodyOf(messages, asked), ({ data }) => data === 'keep')

    expect(JSON.parse(rest)).toMatchObject(asked)
  })

  it('is what remains of the messages, whatever is in them', () => {
    const block = fc.oneof(
      fc.constantFrom(text, call),
      fc.constantFrom('a', 'b').map((data) => thinking(data)),
      fc.constantFrom('a', 'b').map((data) => redacted(data)),
    )
    const message = fc.oneof(
      fc.constant(user('x')),
      fc.array(block, { minLength: 1, maxLength: 4 }).map((blocks) => assistant(...blocks)),
    )
    const refused = (value: object) => Object.values(value).includes('b')

    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), fc.boolean(), (messages, isPretty) => {
        const body = bytes(JSON.stringify({ ...minimal, messages }, null, isPretty ? 2 : 0))
        const expected = messages
          .map(({ role, content }) => ({
            role,
            content: Array.isArray(content) ? content.filter((one) => !refused(one)) : content,
          }))
          .filter(({ content }) => (content as string | readonly unknown[]).length > 0)

        expect(JSON.parse(without(body, ({ data }) => data !== 'b'))['messages']).toEqual(expected)
      }),
    )
  })
})

describe('state that a client was given', () => {
  it('is found again in what it sends back', () => {
    const own: OpaqueState = { kind: 'signature', data: 'sig' }
    const content = [
      { type: 'reasoning', form: 'summary', text: 'a', state: [own] },
      { type: 'reasoning', form: 'raw', text: 'b', state: [foreign] },
      { type: 'reasoning', form: 'raw', text: 'c' },
      { type: 'reasoning', form: 'raw', text: '', state: [foreign] },
    ] as const
    const answer = anthropicMessages.chat.encodeResponse(
      { content, finish: { reason: 'stop' } },
      context,
    )
    const body = bodyOf([user('x'), assistant(...JSON.parse(textOf(answer)).content), user('y')])

    expect(states.find(body)).toMatchObject([
      own,
      foreign,
      { origin: { dialect: '', scope: '' } },
      foreign,
    ])
    expect(
      JSON.parse(without(body, ({ origin }) => origin === undefined)).messages[1].content,
    ).toEqual([{ type: 'thinking', thinking: 'a', signature: 'sig' }])
  })
})

describe('calls that lack the thinking before them', () => {
  const thinks = { thinking: { type: 'enabled', budget_tokens: 2048 }, max_tokens: 4096 }
  const loop = (...blocks: readonly object[]) => [user('a'), assistant(...blocks), user([result])]
  const made: OpaqueState = { kind: 'call', data: 't' }

  it('are told in an open loop, wherever the members of the body stand', () => {
    const body = { ...minimal, ...thinks, messages: loop(call) }
    const { messages, thinking: member, ...rest } = body

    expect(states.find(json(body))).toEqual([made])
    expect(states.find(json({ thinking: member, messages, ...rest }))).toEqual([made])
    expect(states.find(json({ messages, ...rest, thinking: member }))).toEqual([made])
  })

  it.each([
    ['the thinking is there', loop(thinking('s'), call), thinks, 1],
    ['the loop has ended', [...loop(call), assistant(text), user('b')], thinks, 0],
    ['nobody called', [user('a'), assistant(text), user('b')], thinks, 0],
    ['nothing is thought', loop(call), {}, 0],
    ['the model chooses when to think', loop(call), { thinking: { type: 'adaptive' } }, 0],
  ] as const)('are not told where %s', (_, messages, more, found) => {
    expect(states.find(bodyOf(messages, more))).toHaveLength(found)
  })

  it('have thinking switched off where somebody else made them, and nothing else is touched', () => {
    const body = bodyOf(loop(call), thinks)
    const changed = without(body, ({ kind }) => kind !== 'call')

    expect(JSON.parse(changed)).toEqual({
      ...JSON.parse(textOf(body)),
      thinking: { type: 'disabled' },
    })
    expect(states.without(body, () => true)).toBe(body)
  })
})
