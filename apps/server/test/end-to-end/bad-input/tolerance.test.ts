import type { ScriptStep } from '@jackfield/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DialectName, dialects } from '../../compatibility/client.ts'
import type { Provider } from '../../compatibility/provider.ts'
import { startWorld, type World } from '../../compatibility/world.ts'
import { violationsIn, wires } from '../wires.ts'
import { numberlessAnswer, oddAnswer, oddText } from './odd-answers.ts'
import { oddRequests } from './odd-requests.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

function providerOf(dialect: DialectName): Provider {
  const [found] = world.providers.filter((provider) => provider.dialect === dialect)
  if (found === undefined) throw new Error(`there is no provider of ${dialect}`)
  return found
}

async function send(client: DialectName, provider: DialectName, changes: object) {
  const model = `${provider}:fake-chat`
  const { path, body } = wires[client]
  const answer = await fetch(`${world.gateway.url}${path(model)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...body(model), ...changes }),
  })
  return { status: answer.status, text: await answer.text() }
}

describe.each(dialects)('a client of %s', (client) => {
  const odd = Object.entries(oddRequests[client])
  const others = dialects.filter((provider) => provider !== client)

  it.each(odd)('may send %s: it is forwarded as it is', async (_, changes) => {
    const provider = providerOf(client)
    provider.server.respondOnce(oddAnswer(client, false))

    const { status } = await send(client, client, changes)

    expect(status).toBe(200)
    const request = provider.server.requests.findLast(({ method }) => method === 'POST')
    expect(JSON.parse(request?.text() ?? '')).toMatchObject(changes)
  })

  it.each(odd)('may send %s: strict providers of other protocols answer', async (_, changes) => {
    for (const provider of others) {
      providerOf(provider).say({ text: ['Fine.'] })

      const { status, text } = await send(client, provider, changes)

      expect({ provider, status, text }).toMatchObject({
        status: 200,
        text: expect.stringContaining('Fine.'),
      })
    }
  })

  const answers: Readonly<
    Record<string, (provider: DialectName, stream: boolean) => readonly ScriptStep[]>
  > = { 'unknown things': oddAnswer, 'null for numbers': numberlessAnswer }
  const kinds = Object.keys(answers)
  const cells = kinds.flatMap((kind) =>
    dialects.flatMap((provider) =>
      [false, true]
        // What a forwarded stream may hold is between the library and its own provider: one of them throws at unknown events.
        .filter((stream) => !stream || provider !== client)
        .map((stream) => [kind, provider, stream ? 'streamed' : 'whole'] as const),
    ),
  )

  it.each(cells)('understands %s in the answer of %s, %s', async (kind, provider, form) => {
    const stream = form === 'streamed'
    const { server } = providerOf(provider)
    server.respondOnce(answers[kind]?.(provider, stream) ?? [])

    const heard = await world
      .client(client, provider)
      .ask({ turns: [{ user: 'Hello' }] }, { stream })

    expect(heard.text).toBe(oddText.join(''))
  })

  it.each(kinds)('gets %s in a forwarded stream as they are', async (kind) => {
    const model = `${client}:fake-chat`
    const { path, body } = wires[client]
    const steps = answers[kind]?.(client, true) ?? []
    providerOf(client).server.respondOnce(steps)

    const answer = await fetch(`${world.gateway.url}${path(model, true)}`, {
      method: 'POST',
      body: JSON.stringify(body(model, true)),
    })

    const sent = steps.map((step) => (step.do === 'write' ? step.bytes : '')).join('')
    expect(await answer.text()).toBe(sent)
  })

  it.each(others)('gets a legal stream of a strange one of %s', async (provider) => {
    const model = `${provider}:fake-chat`
    const { path, body, dialect } = wires[client]
    for (const make of [oddAnswer, numberlessAnswer]) {
      providerOf(provider).server.respondOnce(make(provider, true))

      const answer = await fetch(`${world.gateway.url}${path(model, true)}`, {
        method: 'POST',
        body: JSON.stringify(body(model, true)),
      })

      expect(violationsIn(dialect, await answer.bytes())).toEqual([])
    }
  })
})
