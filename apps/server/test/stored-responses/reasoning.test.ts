import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callIdOf, create } from './create.ts'
import {
  allBackends,
  type BackendName,
  keepingBackends,
  type StoredWorld,
  startStoredWorld,
  violationsOf,
  weatherTool,
} from './world.ts'

let world: StoredWorld

beforeAll(async () => {
  world = await startStoredWorld()
})

afterAll(() => world.close())

const thinking = {
  tools: [weatherTool],
  reasoning: { effort: 'medium', summary: 'auto' },
} as const

/** A tool loop that begins at one backend and goes on at another; then one more turn at the first. */
async function loop(from: BackendName, to: BackendName, stream: boolean) {
  const { client } = world
  const params = { ...thinking, tools: [...thinking.tools] }
  const ask = { ...params, model: `${from}:fake-chat`, input: 'weather please' }
  const first = await create(client, ask, { stream })
  const output = {
    type: 'function_call_output',
    call_id: callIdOf(first),
    output: 'sunny',
  } as const
  const more = { ...params, previous_response_id: first.id, input: [output] }
  const second = await create(client, { ...more, model: `${to}:fake-chat` }, { stream })
  const sent = JSON.stringify(world.bodies(to).at(-1))
  const end = { ...params, model: `${from}:fake-chat`, input: 'Bye', tools: [] }
  const third = await create(client, { ...end, previous_response_id: second.id }, { stream })
  return { answers: [first, second, third], sent }
}

const pairs = keepingBackends.flatMap((from) =>
  allBackends.flatMap((to) => [false, true].map((stream) => [from, to, stream] as const)),
)

describe('a tool loop of a model that thinks, by previous_response_id', () => {
  it.each(pairs)('begun at %s goes on at %s, streamed: %s', async (from, to, stream) => {
    const { answers, sent } = await loop(from, to, stream)

    expect(answers.map(({ status }) => status)).toEqual(Array(3).fill('completed'))
    expect(answers[1]?.output_text).toBe('Tool results: sunny')
    expect(answers[2]?.output_text).toBe('You said: Bye')
    // State that the gateway packed for clients never gets to a provider.
    expect(sent).not.toContain('jackfield')
    expect(violationsOf(world.gateway)).toEqual([])
  })

  it.each([
    ['anthropic', '"signature"'],
    ['gemini', '"thoughtSignature"'],
  ] as const)(
    'brings %s its own state back, although no client asked for it',
    async (at, state) => {
      const { sent } = await loop(at, at, false)

      expect(sent).toContain(state)
    },
  )
})
