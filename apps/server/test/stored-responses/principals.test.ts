import { startOpenAIChatFake, startOpenAIResponsesFake } from '@jackfield/testkit'
import { expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { loadTestConfig, startGateway } from '../end-to-end/harness.ts'
import { errorOf, told } from './create.ts'
import { responsesClient } from './world.ts'

const keys = [
  { name: 'alice', key: 'sk-alice' },
  { name: 'bob', key: 'sk-bob' },
]

async function start() {
  const chat = await startOpenAIChatFake({})
  const responses = await startOpenAIResponsesFake({})
  onTestFinished(() => chat.close())
  onTestFinished(() => responses.close())
  const yaml = (clients: typeof keys) =>
    stringify({
      backends: {
        chat: { type: 'openai-compatible', base_url: chat.baseUrl, api_key: 'sk-fake' },
        responses: {
          type: 'openai',
          dialect: 'openai-responses',
          base_url: responses.baseUrl,
          api_key: 'sk-fake',
        },
      },
      api_keys: clients,
    })
  const gateway = await startGateway(yaml(keys))
  const [alice, bob] = keys.map(({ key }) => responsesClient(gateway, key))
  if (alice === undefined || bob === undefined) throw new Error('there are two')
  return { gateway, alice, bob, yaml, fakes: { chat, responses } }
}

it.each(['chat', 'responses'] as const)(
  'the id of somebody else does not exist, at %s',
  async (backend) => {
    const { alice, bob, fakes } = await start()
    const model = `${backend}:fake-chat`
    const { id, output } = await alice.responses.create({ model, input: 'The password is 1234' })
    const before = fakes[backend].server.requests.length
    const ask = { model, input: 'What is the password?', previous_response_id: id }
    const reference = { type: 'item_reference', id: String(output.at(-1)?.id) } as const

    const errors = [
      await errorOf(bob.responses.retrieve(id)),
      await errorOf(bob.responses.retrieve(id, { stream: true })),
      await errorOf(bob.responses.inputItems.list(id)),
      await errorOf(bob.responses.cancel(id)),
      await errorOf(bob.responses.delete(id)),
      await errorOf(bob.responses.create(ask)),
      await errorOf(bob.responses.create({ ...ask, stream: true })),
      await errorOf(bob.responses.inputTokens.count(ask)),
      await errorOf(bob.responses.create({ ...ask, input: [reference] })),
    ]
    // What a provider stored, only the provider can look up.
    if (backend === 'chat') {
      errors.push(await errorOf(bob.responses.create({ model, input: [reference] })))
    }
    const unknown = await errorOf(bob.responses.retrieve('resp_unknown'))

    expect(errors.map((error) => told(error)['status'])).toEqual([
      ...[404, 404, 404, 404, 404],
      ...[400, 400, 400, 400],
      ...(backend === 'chat' ? [400] : []),
    ])
    expect(String(told(errors[0])['message']).replace(id, 'resp_unknown')).toBe(
      told(unknown)['message'],
    )
    expect(fakes[backend].server.requests).toHaveLength(before)
    expect((await alice.responses.retrieve(id)).id).toBe(id)
  },
)

it('belongs to the key itself: a reload keeps it, a new key of the same name does not see it', async () => {
  const { gateway, alice, yaml } = await start()
  const { id } = await alice.responses.create({ model: 'chat:fake-chat', input: 'Hello' })
  const ask = { model: 'chat:fake-chat', input: 'More', previous_response_id: id }
  const apply = async (clients: typeof keys) =>
    gateway.server.apply(await loadTestConfig(yaml(clients)))

  await apply([{ name: 'somebody', key: 'sk-alice' }])
  const kept = await alice.responses.create(ask)
  await apply([{ name: 'alice', key: 'sk-new' }])
  const errors = [
    await errorOf(alice.responses.create(ask)),
    await errorOf(responsesClient(gateway, 'sk-new').responses.create(ask)),
  ]

  expect(kept.output_text).toBe('You said: More')
  expect(errors.map((error) => told(error)['name'])).toEqual([
    'AuthenticationError',
    'BadRequestError',
  ])
})
