import { type OpenAIChatFake, type RecordedRequest, startOpenAIChatFake } from '@jackfield/testkit'
import { expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { startGateway, type TestGateway } from '../end-to-end/harness.ts'
import { randomOf } from '../switches/conversation.ts'
import { hitRate, PromptCache } from './prompt-cache.ts'

const sessions = 50
const turns = 8
const keys = ['sk-1', 'sk-2', 'sk-3', 'sk-4']

interface Rig {
  readonly gateway: TestGateway
  readonly fake: OpenAIChatFake
  readonly cache: PromptCache
}

/** A gateway in front of one provider that caches prompts for each key. */
async function startRig(used: readonly string[], pool: object = {}): Promise<Rig> {
  const cache = new PromptCache()
  const fake = await startOpenAIChatFake({
    keys: Object.fromEntries(used.map((key) => [key, 'ok'])),
    play(steps, request) {
      cache.see(keyOf(request), messagesOf(request))
      return steps
    },
  })
  onTestFinished(() => fake.close())
  const provider = { type: 'openai', base_url: fake.baseUrl, api_keys: used, pool }
  const gateway = await startGateway(stringify({ backends: { provider } }))
  return { gateway, fake, cache }
}

function keyOf({ headers }: RecordedRequest): string {
  return headers['authorization'] ?? ''
}

function messagesOf(request: RecordedRequest): readonly unknown[] {
  const { messages } = request.json() as { readonly messages: readonly unknown[] }
  return messages
}

/** A conversation of one client, which resends its whole history. */
class Session {
  readonly #gateway: TestGateway
  readonly #messages: object[]
  turns = 0

  constructor(gateway: TestGateway, name: string) {
    this.#gateway = gateway
    this.#messages = [{ role: 'system', content: `You help ${name}. ${'Be kind. '.repeat(40)}` }]
  }

  async turn(): Promise<number> {
    this.turns += 1
    this.#messages.push({ role: 'user', content: `Question ${this.turns}. ${'More. '.repeat(20)}` })
    const response = await fetch(`${this.#gateway.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'fake-chat', messages: this.#messages }),
    })
    const answer = (await response.json()) as { choices?: readonly [{ message: object }] }
    if (answer.choices !== undefined) this.#messages.push(answer.choices[0].message)
    return response.status
  }
}

/** All sessions turn by turn, in a random order. */
async function converse({ gateway }: Rig): Promise<void> {
  const random = randomOf(7)
  const open = Array.from({ length: sessions }, (_, at) => new Session(gateway, `user ${at}`))
  while (open.length > 0) {
    const at = Math.floor(random() * open.length)
    const session = open[at]
    await session?.turn()
    if (session?.turns === turns) open.splice(at, 1)
  }
}

it('keeps the prompt caches of several keys as warm as that of one', async () => {
  const [single, sticky, rotating] = await Promise.all([
    startRig(keys.slice(0, 1)),
    startRig(keys),
    startRig(keys, { affinity: 'none' }),
  ])

  for (const rig of [single, sticky, rotating]) await converse(rig)

  const best = hitRate(single.cache.use)
  expect(best).toBeGreaterThan(0.8)
  expect(hitRate(sticky.cache.use)).toBeGreaterThanOrEqual(0.95 * best)
  expect(hitRate(rotating.cache.use)).toBeLessThan(0.8 * best)
  const perKey = keys.map((key) => sticky.fake.keysUsed().filter((used) => used === key).length)
  for (const count of perKey) expect(count).toBeGreaterThan((sessions * turns) / keys.length / 2)
}, 60_000)

it('leaves a dead key after one request, and stays with the next', async () => {
  const { gateway, fake } = await startRig(keys)
  const session = new Session(gateway, 'me')
  await session.turn()
  const [dead = ''] = fake.keysUsed()
  fake.setKey(dead, { status: 401 })

  expect(await session.turn()).toBe(200)
  expect(await session.turn()).toBe(200)
  expect(await session.turn()).toBe(200)

  const used = fake.keysUsed()
  const next = used[2]
  expect(used).toEqual([dead, dead, next, next, next])
  expect(next).not.toBe(dead)
})

it('goes to all keys again when the dead one works, without moving who has settled', async () => {
  const { gateway, fake } = await startRig(keys.slice(0, 2))
  const settled = new Session(gateway, 'settled')
  await settled.turn()
  const [dead = ''] = fake.keysUsed()
  fake.setKey(dead, { status: 402 })
  await settled.turn()
  const other = fake.keysUsed().at(-1)
  fake.setKey(dead, 'ok')

  await settled.turn()

  expect(other).not.toBe(dead)
  expect(fake.keysUsed().at(-1)).toBe(other)
})
