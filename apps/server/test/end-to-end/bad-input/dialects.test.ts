import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DialectName, dialects } from '../../compatibility/client.ts'
import { startWorld, type World } from '../../compatibility/world.ts'
import { wires } from '../wires.ts'
import { type Kind, members, values } from './members.ts'
import { missingMembers, nestedMistakes } from './mistakes.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

/** Whose protocol is another one, so that the request must be translated. */
const others: Readonly<Record<DialectName, DialectName>> = {
  'openai-chat': 'anthropic-messages',
  'openai-responses': 'anthropic-messages',
  'anthropic-messages': 'gemini',
  gemini: 'openai-chat',
}

interface Refusal {
  readonly status: number
  readonly body: unknown
  /** Generations that providers were asked for meanwhile. */
  readonly asked: number
}

async function send(
  path: string,
  body: string | Uint8Array | undefined,
  init: RequestInit = {},
): Promise<Refusal> {
  const before = generations()
  const answer = await fetch(`${world.gateway.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: Buffer.from(body) }),
    ...init,
  })
  return {
    status: answer.status,
    body: JSON.parse(await answer.text()),
    asked: generations() - before,
  }
}

function generations(): number {
  const requests = world.providers.flatMap(({ server }) => server.requests)
  return requests.filter(({ method }) => method === 'POST').length
}

/** Sends a good request with other members in it, to a provider of the client's own protocol or of another one. */
function sendChanged(
  client: DialectName,
  changes: Readonly<Record<string, unknown>>,
  provider: DialectName = client,
): Promise<Refusal> {
  const model = `${provider}:fake-chat`
  const wire = wires[client]
  return send(wire.path(model), JSON.stringify({ ...wire.body(model), ...changes }))
}

function expectRefusal(client: DialectName, refusal: Refusal, field: string): void {
  const { badRequest, readError } = wires[client]
  const error = readError(refusal.body)
  expect({ ...error, status: refusal.status }).toMatchObject({ status: 400, type: badRequest })
  // Anthropic has no other place for the field than the message.
  expect(error.message).toContain(`\`${field}\``)
  if (client !== 'anthropic-messages') expect(error.field).toBe(field)
  expect(refusal.asked).toBe(0)
}

describe.each(dialects)('a request of %s', (client) => {
  const other = others[client]

  it.each(Object.entries(members[client]))('needs the right kind of %s', async (name, kinds) => {
    const wrong = (Object.keys(values) as Kind[]).filter((kind) => !kinds.includes(kind))

    for (const kind of wrong) {
      for (const provider of [client, other]) {
        expectRefusal(client, await sendChanged(client, { [name]: values[kind] }, provider), name)
      }
    }
  })

  it.each(Object.entries(missingMembers[client]))('is refused with %s', async (_, mistake) => {
    const [changes, field] = mistake

    for (const provider of [client, other]) {
      expectRefusal(client, await sendChanged(client, changes, provider), field)
    }
  })

  it.each(Object.entries(nestedMistakes[client]))(
    'is refused with %s when it is translated',
    async (_, [changes, field]) => {
      expectRefusal(client, await sendChanged(client, changes, other), field)
    },
  )
})
