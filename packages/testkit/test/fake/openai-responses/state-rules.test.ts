import { describe, expect, it } from 'vitest'
import type { ResponsesRuleId } from '../../../src/fake/openai-responses/check-request.ts'
import { stateRules } from '../../../src/fake/openai-responses/state-rules.ts'
import {
  anonymous,
  create,
  created,
  fakeWith,
  type Json,
  outputFor,
  thinkAndCall,
} from './asking.ts'
import { stateMutants, type Turn, user } from './state-mutants.ts'

const good = ({ thought, called, output }: Turn): Json => ({
  input: [user, thought, called, output],
})

async function turnOn(withoutRules: readonly ResponsesRuleId[]) {
  const fake = await fakeWith({ withoutRules, secret: 'same' })
  const first = await created(fake, thinkAndCall)
  const [thought = {}, called = {}] = first.output
  return { fake, turn: { first, user, thought, called, output: outputFor(first) } }
}

describe('the state rules', () => {
  it('have a mutant each, and cite where their fact stands', () => {
    expect(Object.keys(stateMutants).sort()).toEqual(Object.keys(stateRules).sort())
    for (const list of Object.values(stateMutants)) expect(list.length).toBeGreaterThan(0)
    for (const { cites } of Object.values(stateRules)) {
      expect(cites).toMatch(/^OpenAI Responses 2\.\d, ./)
    }
  })

  const cases = Object.entries(stateMutants).flatMap(([rule, list]) =>
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
      'ids of the client on what the client made, without store',
      ({ thought, called, output }) => ({
        store: false,
        input: [
          { type: 'additional_tools', role: 'developer', tools: [], id: 'at_1' },
          { role: 'developer', content: 'Be brief', id: 'msg_1' },
          { ...user, id: 'msg_2' },
          thought,
          called,
          { ...output, id: 'fco_1' },
        ],
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
