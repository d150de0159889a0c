import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wholeBlock } from '../../../src/fake/anthropic/anthropic-message.ts'
import { reasoningState } from '../../../src/fake/anthropic/reasoning-state.ts'
import { type AnthropicFake, startAnthropicFake } from '../../../src/fake/anthropic-messages.ts'
import { type HttpAnswer, httpCall } from '../../http-call.ts'
import { accumulate, eventsOf } from './accumulate.ts'
import { type Body, weather } from './good-request.ts'

interface Message {
  readonly content: readonly Record<string, unknown>[]
}

const thinking = { type: 'enabled', budget_tokens: 1024 }
const asking = (text = 'weather please'): Body => ({
  model: 'fake-chat',
  max_tokens: 2000,
  messages: [{ role: 'user', content: text }],
  tools: [weather],
  thinking,
})

function ask(fake: AnthropicFake, body: Body, key = 'sk-fake'): Promise<HttpAnswer> {
  const headers = { 'x-api-key': key, 'anthropic-version': '2023-06-01' }
  return httpCall(`${fake.baseUrl}/messages`, { headers, body })
}

async function said(fake: AnthropicFake, body: Body, key?: string): Promise<Message['content']> {
  const answer = await ask(fake, body, key)
  expect(answer.status, answer.body).toBe(200)
  return (answer.json() as Message).content
}

/** The request that sends an answer back with the results of its calls. */
function onwards(body: Body, content: Message['content'], more: Body = {}): Body {
  const results = content
    .filter(({ type }) => type === 'tool_use')
    .map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: 'sun' }))
  const messages = body['messages'] as readonly unknown[]
  return {
    ...body,
    messages: [
      ...messages,
      { role: 'assistant', content },
      { role: 'user', content: results.length > 0 ? results : 'Go on' },
    ],
    ...more,
  }
}

const [off, on] = [{ thinking: { type: 'disabled' } }, {}]

describe('a tool loop with thinking', () => {
  it('goes on with the thinking that the fake gave, streamed or not, through several steps', async () => {
    await using fake = await startAnthropicFake()
    const first = await said(fake, asking())
    const streamed = await ask(fake, { ...asking(), stream: true })
    const second = await said(fake, onwards(asking(), first))
    const third = await ask(fake, onwards(onwards(asking(), first), second))

    expect(first.map(({ type }) => type)).toEqual(['thinking', 'tool_use'])
    expect(accumulate(eventsOf(streamed.body))['content']).toEqual(first)
    expect(second.at(-1)).toMatchObject({ text: 'Tool results: sun' })
    expect(third.status, third.body).toBe(200)
  })

  it('is refused without the thinking, unless thinking is off', async () => {
    await using fake = await startAnthropicFake()
    const [, ...calls] = await said(fake, asking())

    const refused = await ask(fake, onwards(asking(), calls))
    const accepted = await ask(fake, onwards(asking(), calls, off))

    expect(refused.body).toContain('but found `tool_use`')
    expect(accepted.status, accepted.body).toBe(200)
  })

  it('needs no thinking of a turn that had none', async () => {
    await using fake = await startAnthropicFake()
    const calls = await said(fake, { ...asking(), ...off })

    const answer = await ask(fake, onwards(asking(), calls))

    expect(calls.map(({ type }) => type)).toEqual(['tool_use'])
    expect(answer.status, answer.body).toBe(200)
  })

  it('needs no thinking of a turn from elsewhere, unless all turns must begin with it', async () => {
    await using here = await startAnthropicFake()
    await using elsewhere = await startAnthropicFake()
    await using picky = await startAnthropicFake({ thinkingFirst: 'always' })
    const [, ...calls] = await said(elsewhere, asking())

    const mild = await ask(here, onwards(asking(), calls))
    const refused = await ask(picky, onwards(asking(), calls))
    const adaptive = { thinking: { type: 'adaptive' } }
    const newer = await ask(picky, onwards(asking(), calls, adaptive))

    expect(mild.status, mild.body).toBe(200)
    expect(refused.body).toContain('but found `tool_use`')
    expect(newer.status, newer.body).toBe(200)
  })

  it('needs no thinking once the turn is finished', async () => {
    await using fake = await startAnthropicFake()
    const [, ...calls] = await said(fake, asking())
    const loop = onwards(asking(), calls)
    const messages = [
      ...(loop['messages'] as readonly unknown[]),
      { role: 'assistant', content: 'Sun.' },
      { role: 'user', content: 'Thanks' },
    ]

    const answer = await ask(fake, { ...loop, messages })

    expect(answer.status, answer.body).toBe(200)
  })

  it('is held apart for each key where state belongs to a key', async () => {
    const keys = { one: 'ok', two: 'ok' } as const
    await using fake = await startAnthropicFake({ stateScope: 'key', keys })
    const one = await said(fake, asking(), 'one')
    const two = await said(fake, asking(), 'two')

    const own = [
      await ask(fake, onwards(asking(), one), 'one'),
      await ask(fake, onwards(asking(), two), 'two'),
    ]
    const moved = await ask(fake, onwards(asking(), one.slice(1)), 'three')
    fake.setKey('three', 'ok')
    const known = await ask(fake, onwards(asking(), one.slice(1)), 'three')

    expect(own.map(({ status }) => status)).toEqual([200, 200])
    expect(moved.status).toBe(401)
    expect(known.status, known.body).toBe(200)
  })

  it('takes any of several answers that called by the same id', async () => {
    const thoughts = ['one', 'two']
    await using fake = await startAnthropicFake({
      answer: () => ({
        blocks: [
          { type: 'thinking', thinking: thoughts.shift() ?? 'three' },
          { type: 'tool_use', id: 'toolu_same', name: 'weather', input: '{}' },
        ],
      }),
    })
    const answers = [await said(fake, asking()), await said(fake, asking())]

    for (const content of answers) {
      expect((await ask(fake, onwards(asking(), content))).status).toBe(200)
    }
    const without = await ask(fake, onwards(asking(), answers[0]?.slice(1) ?? []))
    expect(without.body).toContain('but found `tool_use`')
  })

  it('takes the messages of one turn together', async () => {
    await using fake = await startAnthropicFake()
    const [thought, call] = await said(fake, asking())
    const { messages } = onwards(asking(), call ? [call] : [])
    const [user, assistant, results] = messages as readonly unknown[]
    const split = [user, { role: 'assistant', content: [thought] }, assistant, results]

    const answer = await ask(fake, { ...asking(), messages: split })

    expect(answer.status, answer.body).toBe(200)
  })
})

describe.each([
  ['with thinking on', on],
  ['with thinking off', off],
])('state of reasoning %s', (_, mode) => {
  it.each(['weather please', 'weather with redacted_thinking'])(
    'is accepted back (%s)',
    async (text) => {
      await using fake = await startAnthropicFake()
      const content = await said(fake, asking(text))

      const answer = await ask(fake, onwards(asking(text), content, mode))

      expect(answer.status, answer.body).toBe(200)
    },
  )

  it.each([
    ['weather please', 'Invalid `signature` in `thinking` block'],
    ['weather with redacted_thinking', 'Invalid `data` in `redacted_thinking` block'],
  ])('is refused of another fake (%s)', async (text, message) => {
    await using giver = await startAnthropicFake()
    await using taker = await startAnthropicFake()
    const content = await said(giver, asking(text))

    const answer = await ask(taker, onwards(asking(text), content, mode))

    expect(answer.status).toBe(400)
    expect(answer.body).toContain(message)
  })

  it('is accepted of another fake with the same secret', async () => {
    await using giver = await startAnthropicFake({ secret: 'shared' })
    await using taker = await startAnthropicFake({ secret: 'shared' })
    const content = await said(giver, asking())

    const answer = await ask(taker, onwards(asking(), content, mode))

    expect(answer.status, answer.body).toBe(200)
  })

  it.each([
    ['provider', 200],
    ['key', 400],
  ] as const)('of scope %s answers another key with %i', async (stateScope, status) => {
    const keys = { one: 'ok', two: 'ok' } as const
    await using fake = await startAnthropicFake({ stateScope, keys })
    const content = await said(fake, asking(), 'one')

    const same = await ask(fake, onwards(asking(), content, mode), 'one')
    const other = await ask(fake, onwards(asking(), content, mode), 'two')

    expect(same.status, same.body).toBe(200)
    expect(other.status).toBe(status)
  })

  it.each(['provider', 'key'] as const)(
    'belongs to an organisation, if there is one (%s)',
    async (stateScope) => {
      const keys = { one: 'ok', two: 'ok', other: 'ok' } as const
      const organisations = { one: 'us', two: 'us', other: 'them' }
      await using fake = await startAnthropicFake({ stateScope, keys, organisations })
      const content = await said(fake, asking(), 'one')

      const same = await ask(fake, onwards(asking(), content, mode), 'two')
      const other = await ask(fake, onwards(asking(), content, mode), 'other')

      expect([same.status, other.status]).toEqual([200, 400])
    },
  )

  it('is refused when it is altered in a finished turn', async () => {
    await using fake = await startAnthropicFake()
    const { tools: _, ...body } = asking('hello')
    const [thought = {}, text = {}] = await said(fake, body)

    const good = await ask(fake, onwards(body, [thought, text], mode))
    const altered = await ask(fake, onwards(body, [{ ...thought, thinking: 'x' }, text], mode))
    const { signature: __, ...unsigned } = thought
    const missing = await ask(fake, onwards(body, [unsigned, text], mode))

    expect([good.status, altered.status, missing.status]).toEqual([200, 400, 400])
  })
})

describe('thinking that is not shown', () => {
  it('is signed all the same, each for itself', async () => {
    await using fake = await startAnthropicFake()
    const hidden = { thinking: { ...thinking, display: 'omitted' } }
    const [one] = await said(fake, { ...asking('weather one'), ...hidden })
    const [two] = await said(fake, { ...asking('weather two'), ...hidden })

    expect(one).toMatchObject({ type: 'thinking', thinking: '' })
    expect(one?.['signature']).not.toBe(two?.['signature'])
  })
})

describe('reasoningState', () => {
  const state = reasoningState('secret')
  const signed = (text: string): Record<string, unknown> => ({
    ...wholeBlock(
      state.sign({ id: 'm', blocks: [{ type: 'thinking', thinking: text }] }, 'scope')
        .blocks[0] ?? {
        type: 'text',
        text: '',
      },
      0,
    ),
  })

  it('knows its own signatures and no altered text, signature or scope', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(), (text, other, place) => {
        const block = signed(text)
        const signature = String(block['signature'])
        const at = place % signature.length
        const flipped = signature[at] === 'A' ? 'B' : 'A'
        const altered = signature.slice(0, at) + flipped + signature.slice(at + 1)

        expect(state.accepts(block, 'scope')).toBe(true)
        expect(state.accepts(block, 'scope2')).toBe(false)
        expect(state.accepts({ ...block, signature: altered }, 'scope')).toBe(false)
        expect(state.accepts({ ...block, thinking: other }, 'scope')).toBe(text === other)
        expect(reasoningState('other').accepts(block, 'scope')).toBe(false)
      }),
    )
  })

  it('takes nothing that only looks like a signature', () => {
    const block = signed('x')
    const foreign = createHash('sha512').update('x').digest('base64')
    for (const signature of [
      undefined,
      null,
      7,
      '',
      'AAAA',
      foreign,
      `${block['signature']}AAAA`,
    ]) {
      expect(state.accepts({ ...block, signature }, 'scope')).toBe(false)
    }
  })

  it('leaves a signature that the answer brings', () => {
    const blocks = [
      { type: 'thinking', thinking: 'x', signature: 'own' },
      { type: 'redacted_thinking', data: 'own' },
    ] as const

    expect(state.sign({ blocks }, '').blocks).toEqual(blocks)
  })
})
