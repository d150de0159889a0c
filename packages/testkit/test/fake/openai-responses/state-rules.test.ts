import { describe, expect, it } from 'vitest'
import type { ResponsesRuleId } from '../../../src/fake/openai-responses/check-request.ts'
import { stateRules } from '../../../src/fake/openai-responses/state-rules.ts'
import {
  type Answer,
  anonymous,
  create,
  created,
  fakeWith,
  type Json,
  outputFor,
  thinkAndCall,
} from './asking.ts'

/** What a conversation of two turns has in it, after the provider has answered the first. */
interface Turn {
  /** The answer that was stored, with reasoning and a call. */
  readonly first: Answer
  readonly user: Json
  readonly thought: Json
  readonly called: Json
  readonly output: Json
}

interface Mutant {
  readonly at: string
  readonly code?: string
  readonly says: RegExp
  readonly body: (turn: Turn) => Json
}

const user = { role: 'user', content: 'alpha' }
const good = ({ thought, called, output }: Turn): Json => ({
  input: [user, thought, called, output],
})
const altered = (text: unknown): string => {
  const encrypted = String(text)
  return `${encrypted.startsWith('A') ? 'B' : 'A'}${encrypted.slice(1)}`
}

/** Per rule: requests for the second turn, and nothing else that is wrong with them. */
const mutants: Readonly<Record<string, readonly Mutant[]>> = {
  'previous-response': [
    {
      at: 'previous_response_id',
      code: 'previous_response_not_found',
      says: /^Previous response with id 'resp_none' not found\./,
      body: () => ({ input: 'Hi', previous_response_id: 'resp_none' }),
    },
  ],
  'item-reference': [
    {
      at: 'input[1].id',
      says: /^Item with id 'msg_none' not found\./,
      body: () => ({ input: [user, { type: 'item_reference', id: 'msg_none' }] }),
    },
    {
      at: 'input[1].id',
      says: /^Item with id 'msg_none' not found\./,
      body: () => ({ input: [user, { id: 'msg_none' }] }),
    },
  ],
  'item-ids-without-store': [
    {
      at: 'input[2].id',
      says: /^Item with id 'fc_foreign' not found\. Items are not persisted/,
      body: (turn) => ({
        store: false,
        input: [user, turn.thought, { ...turn.called, id: 'fc_foreign' }, turn.output],
      }),
    },
    {
      at: 'input[0].id',
      says: /not found/,
      body: () => ({ store: false, input: [{ ...user, id: 'msg_mine' }] }),
    },
  ],
  'encrypted-content': [
    {
      at: 'input[1].encrypted_content',
      code: 'invalid_encrypted_content',
      says: /^The encrypted content .*\.\.\..* could not be verified\./,
      body: ({ thought, called, output }) => {
        const encrypted_content = altered(thought['encrypted_content'])
        return { input: [user, { ...thought, encrypted_content }, called, output] }
      },
    },
    {
      at: 'input[1].encrypted_content',
      code: 'invalid_encrypted_content',
      says: /could not be verified/,
      body: ({ thought, called, output }) => ({
        input: [user, { ...thought, encrypted_content: 'foreign' }, called, output],
      }),
    },
    {
      at: 'input[1].encrypted_content',
      code: 'invalid_encrypted_content',
      says: /belongs to another item/,
      body: ({ thought, called, output }) => ({
        input: [user, { ...thought, id: 'rs_other' }, anonymous(called), output],
      }),
    },
    {
      at: 'input[1].encrypted_content',
      code: 'invalid_encrypted_content',
      says: /could not be verified/,
      body: () => ({ input: [user, { type: 'compaction', encrypted_content: 'foreign' }] }),
    },
  ],
  'reasoning-needs-its-state': [
    {
      at: 'input[1].id',
      says: /^Item with id 'rs_none' not found\./,
      body: ({ called, output }) => ({
        input: [user, { type: 'reasoning', id: 'rs_none', summary: [] }, anonymous(called), output],
      }),
    },
  ],
  'reasoning-needs-what-it-led-to': [
    {
      at: 'input[1]',
      says: /^Item 'rs_\w+' of type 'reasoning' was provided without its required following item\./,
      body: ({ thought }) => ({ input: [user, thought] }),
    },
    {
      at: 'input[1]',
      says: /without its required following item/,
      body: ({ thought }) => ({ input: [user, thought, user] }),
    },
    {
      at: 'input[1]',
      says: /without its required following item/,
      body: ({ thought }) => ({ input: [user, thought, { role: 'assistant', content: 'x' }] }),
    },
    {
      at: 'input[1]',
      says: /without its required following item/,
      body: ({ thought, called, output }) => ({
        input: [user, anonymous(thought), user, anonymous(called), output],
      }),
    },
    {
      at: 'input[1]',
      says: /without its required following item/,
      body: ({ thought, called, output }) => ({
        input: [
          user,
          thought,
          { ...anonymous(called), call_id: 'call_other' },
          { ...output, call_id: 'call_other' },
        ],
      }),
    },
    {
      at: 'input[1]',
      says: /without its required following item/,
      body: ({ thought }) => ({ input: [user, { type: 'item_reference', id: thought['id'] }] }),
    },
  ],
  'item-needs-its-reasoning': [
    {
      at: 'input[1]',
      says: /^Item 'fc_\w+' of type 'function_call' was provided without its required 'reasoning' item: 'rs_\w+'\./,
      body: ({ called, output }) => ({ input: [user, called, output] }),
    },
    {
      at: 'input[1]',
      says: /without its required 'reasoning' item/,
      body: ({ called, output }) => ({
        input: [user, { type: 'item_reference', id: called['id'] }, output],
      }),
    },
  ],
  'outputs-match-calls': [
    {
      at: 'input[1].call_id',
      says: /^No tool call found for function call output with call_id call_none\./,
      body: () => ({
        input: [user, { type: 'function_call_output', call_id: 'call_none', output: 'x' }],
      }),
    },
    {
      at: 'input[1].call_id',
      says: /^No tool call found for custom tool call output/,
      body: ({ called, output }) => ({
        input: [
          { ...anonymous(called), type: 'function_call', call_id: 'call_x', async: true },
          { ...output, type: 'custom_tool_call_output', call_id: 'call_x' },
        ],
      }),
    },
    {
      at: 'input[0].call_id',
      says: /No tool call found/,
      body: ({ called, output }) => ({
        input: [output, { ...anonymous(called), async: true }],
      }),
    },
  ],
  'calls-are-answered': [
    {
      at: 'input[1]',
      says: /^No tool output found for function call call_\w+\./,
      body: ({ called }) => ({ input: [user, anonymous(called)] }),
    },
    {
      at: 'input',
      says: /^No tool output found for function call call_\w+\./,
      body: ({ first }) => ({ input: 'And?', previous_response_id: first.id }),
    },
    {
      at: 'input[0]',
      says: /^No tool output found for custom tool call c1\./,
      body: () => ({
        input: [{ type: 'custom_tool_call', call_id: 'c1', name: 'c', input: '' }, user],
      }),
    },
  ],
}

async function turnOn(withoutRules: readonly ResponsesRuleId[]) {
  const fake = await fakeWith({ withoutRules, secret: 'same' })
  const first = await created(fake, thinkAndCall)
  const [thought = {}, called = {}] = first.output
  return { fake, turn: { first, user, thought, called, output: outputFor(first) } }
}

describe('the state rules', () => {
  it('have a mutant each, and cite where their fact stands', () => {
    expect(Object.keys(mutants).sort()).toEqual(Object.keys(stateRules).sort())
    for (const list of Object.values(mutants)) expect(list.length).toBeGreaterThan(0)
    for (const { cites } of Object.values(stateRules)) {
      expect(cites).toMatch(/^OpenAI Responses 2\.\d, ./)
    }
  })

  const cases = Object.entries(mutants).flatMap(([rule, list]) =>
    list.map((mutant, index) => ({ rule, index, mutant })),
  )

  it.each(cases)('refuse mutant $index of $rule, and only because of that rule', async (entry) => {
    const { at, code = null, says, body } = entry.mutant
    const strict = await turnOn([])
    const lenient = await turnOn([entry.rule as ResponsesRuleId])

    const refused = await create(strict.fake, body(strict.turn))
    const accepted = await create(lenient.fake, body(lenient.turn))

    expect(refused.status, refused.body).toBe(400)
    expect(refused.json()).toMatchObject({
      error: {
        type: 'invalid_request_error',
        param: at,
        code,
        message: expect.stringMatching(says),
      },
    })
    expect(accepted.status, accepted.body).toBe(200)
  })

  it.each<readonly [string, (turn: Turn) => Json]>([
    ['everything as it was given', good],
    ['everything as it was given, without store', (turn) => ({ ...good(turn), store: false })],
    [
      'state without ids',
      ({ thought, called, output }) => ({
        store: false,
        input: [user, anonymous(thought), anonymous(called), output],
      }),
    ],
    [
      'no state and no ids',
      ({ called, output }) => ({ store: false, input: [user, anonymous(called), output] }),
    ],
    [
      'stored reasoning by its id alone',
      ({ thought, called, output }) => ({
        input: [user, { type: 'reasoning', id: thought['id'], summary: [] }, called, output],
      }),
    ],
    [
      'references to what was stored',
      ({ thought, called, output }) => ({
        input: [user, { type: 'item_reference', id: thought['id'] }, { id: called['id'] }, output],
      }),
    ],
    [
      'what the stored response lacks',
      ({ first, output }) => ({ input: [output], previous_response_id: first.id }),
    ],
    [
      'a call of a tool without an answer when it is asynchronous',
      ({ called }) => ({ input: [user, { ...anonymous(called), async: true }] }),
    ],
  ])('accept %s', async (_, body) => {
    const { fake, turn } = await turnOn([])

    const answer = await create(fake, body(turn))

    expect(answer.status, answer.body).toBe(200)
    expect(answer.body).toContain('"output":[')
  })
})

describe('reasoning in several items', () => {
  it('leads to what comes after all of it', async () => {
    const items = [
      { type: 'reasoning' as const },
      { type: 'reasoning' as const },
      { type: 'message' as const, text: 'Hello' },
    ]
    const fake = await fakeWith({ answer: () => ({ items }) })
    const { output } = await created(fake, thinkAndCall)
    const [one, two, said] = output

    const whole = await create(fake, { input: [user, one, two, said, user] })
    const shuffled = await create(fake, { input: [user, two, one, said, user] })
    const half = await create(fake, { input: [user, two, said, user] })

    expect(whole.status, whole.body).toBe(200)
    expect(shuffled.json()).toMatchObject({ error: { param: 'input[1]' } })
    expect(half.status, half.body).toBe(200)
  })
})

describe('who accepts state', () => {
  const keys = { k1: 'ok', k2: 'ok', k3: 'ok' } as const

  /** The state and the stored response of `first`, given back with `second` to another fake or the same. */
  async function handOver(
    options: Parameters<typeof fakeWith>[0],
    [from, to]: readonly [string, string],
    other = options,
  ): Promise<readonly [encrypted: number, stored: number]> {
    const maker = await fakeWith({ keys, ...options })
    const taker = other === options ? maker : await fakeWith({ keys, ...other })
    const first = await created(maker, thinkAndCall, from)
    const [thought, called] = first.output
    const input = [user, anonymous(thought), anonymous(called), outputFor(first)]

    const encrypted = await create(taker, { input }, to)
    const stored = await create(
      taker,
      { input: [outputFor(first)], previous_response_id: first.id },
      to,
    )
    if (encrypted.status === 400) {
      expect(encrypted.json()).toMatchObject({ error: { code: 'invalid_encrypted_content' } })
    }
    return [encrypted.status, stored.status]
  }

  it('is every key of a provider unless told otherwise', async () => {
    expect(await handOver({}, ['k1', 'k2'])).toEqual([200, 200])
  })

  it('is the key that it was made for when told so', async () => {
    expect(await handOver({ stateScope: 'key' }, ['k1', 'k2'])).toEqual([400, 400])
    expect(await handOver({ stateScope: 'key' }, ['k1', 'k1'])).toEqual([200, 200])
  })

  it('is the organisation of the key when keys have one', async () => {
    const options = { stateScope: 'key', organisations: { k1: 'a', k2: 'a' } } as const

    expect(await handOver(options, ['k1', 'k2'])).toEqual([200, 200])
    expect(await handOver(options, ['k1', 'k3'])).toEqual([400, 400])
  })

  it('is no other provider, unless the two share a secret; nobody shares what is stored', async () => {
    expect(await handOver({}, ['k1', 'k1'], { models: ['fake-chat'] })).toEqual([400, 400])
    expect(await handOver({ secret: 's' }, ['k1', 'k1'], { secret: 's' })).toEqual([200, 400])
  })

  it('gives the same request other ids at another provider', async () => {
    const answers = [
      await created(await fakeWith({}), thinkAndCall),
      await created(await fakeWith({}), thinkAndCall),
    ]

    const ids = answers.flatMap(({ id, output }) => [id, ...output.map((item) => item['id'])])
    expect(new Set(ids).size).toBe(6)
  })
})
