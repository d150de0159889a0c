import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { type DialectName, dialects, type SdkClient } from '../compatibility/client.ts'
import { anthropicClient } from '../compatibility/clients/anthropic.ts'
import { chatClient } from '../compatibility/clients/chat.ts'
import { geminiClient } from '../compatibility/clients/gemini.ts'
import { responsesClient } from '../compatibility/clients/responses.ts'
import { openGateway, type TestGateway } from '../end-to-end/harness.ts'
import { sampleSize } from '../support/long-test.ts'
import { Conversation, pick, randomOf } from './conversation.ts'
import { keys, type Place, startPlaces } from './places.ts'

/** Steps of each client, every one at another place than the one before, most of the time. */
const steps = sampleSize({ sample: 120, whole: 2_500 })

/** Steps after which a new conversation begins. */
const perConversation = 12

const clients: Readonly<Record<DialectName, (url: string, model: string) => SdkClient>> = {
  'openai-chat': chatClient,
  'openai-responses': responsesClient,
  'anthropic-messages': anthropicClient,
  gemini: geminiClient,
}

let places: readonly Place[]
let gateway: TestGateway

beforeAll(async () => {
  places = await startPlaces()
  const backends = Object.fromEntries(places.map(({ name, backend }) => [name, backend]))
  gateway = await openGateway(stringify({ backends, max_tries: 1, validate_answers: 1 }), {
    env: keys,
  })
})
afterAll(async () => {
  await gateway.close()
  await Promise.all(places.map((place) => place.close()))
})

/** What a provider refused, and why: there must be nothing of it. */
function refusals(): readonly string[] {
  return gateway.log
    .filter(({ msg, upstreamStatus }) => msg === 'attempt failed' && upstreamStatus === 400)
    .map(({ backend, target, reason }) => `${backend}.${target}: ${reason}`)
}

describe.each(dialects)('conversations of a %s client in tool loops', (dialect) => {
  it(`are refused by nobody, ${steps} times somewhere else`, async () => {
    const seed = Number(process.env['JACKFIELD_SEED'] ?? 1)
    const random = randomOf(seed)
    const client = clients[dialect](gateway.url, '')
    const models = places.flatMap((place) => place.models)
    let conversation = new Conversation(client, random)
    let before = ''

    for (let step = 0; step < steps; step += 1) {
      if (step % perConversation === 0) conversation = new Conversation(client, random)
      const model = random() < 0.4 && before !== '' ? before : pick(random, models)
      before = model
      await conversation.step(model).catch((error: unknown) => {
        throw new Error(`seed ${seed}, step ${step}, ${model}: ${String(error)}`, { cause: error })
      })
    }

    expect(refusals()).toEqual([])
  }, 600_000)
})

it('breaks the protocol of no client', () => {
  expect(gateway.log.filter(({ msg }) => msg === 'answer breaks its protocol')).toEqual([])
})
