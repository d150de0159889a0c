import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { startGateway } from '../end-to-end/harness.ts'
import { create } from './create.ts'
import { allBackends, type BackendName, startStoredWorld, violationsOf } from './world.ts'

describe('a hundred conversations at once', () => {
  it('never mix', { timeout: 30_000 }, async () => {
    const world = await startStoredWorld()
    onTestFinished(() => world.close())
    const talk = async (number: number) => {
      const backend = allBackends[number % allBackends.length] as BackendName
      const model = `${backend}:fake-chat`
      let previous_response_id: string | null = null
      for (const turn of [1, 2, 3]) {
        const input = `secret-${number}-${turn}.`
        const params = { model, input, previous_response_id }
        const stream = (number + turn) % 2 === 0
        const answer = await create(world.client, params, { stream })
        expect(answer.output_text).toBe(`You said: ${input}`)
        previous_response_id = answer.id
      }
      const id = String(previous_response_id)
      const items = await world.client.responses.inputItems.list(id, { order: 'asc' })
      return JSON.stringify(items.data)
    }

    const talks = await Promise.all(Array.from({ length: 100 }, (_, number) => talk(number)))

    for (const [number, text] of talks.entries()) {
      // Every turn is repeated by the model, but the last one has not been answered yet.
      const turns = [1, 1, 2, 2, 3].map((turn) => `secret-${number}-${turn}`)
      expect(text.match(/secret-\d+-\d/g)).toEqual(turns)
    }
    expect(violationsOf(world.gateway)).toEqual([])
  })
})

/** A provider that says a word, and remembers nothing of what it was asked. */
async function forgetfulProvider(): Promise<string> {
  const message = { role: 'assistant', content: 'Yes.' }
  const choices = [{ index: 0, message, finish_reason: 'stop' }]
  const base = { id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'm' }
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ ...base, choices }))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Bytes of the heap that are in use. */
function heapInUse(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

describe('more answers than the gateway keeps', () => {
  it('cost a bounded amount of memory: the oldest are forgotten', { timeout: 30_000 }, async () => {
    const chat = {
      type: 'openai-compatible',
      base_url: await forgetfulProvider(),
      api_key: 'sk-fake',
    }
    const { url } = await startGateway(stringify({ backends: { chat } }))
    const ask = async (input: string) => {
      const body = JSON.stringify({ model: 'chat:m', input })
      const answer = await fetch(`${url}/v1/responses`, { method: 'POST', body })
      return ((await answer.json()) as { readonly id: string }).id
    }
    const askOften = async (times: number, characters: number) => {
      const ids: string[] = []
      for (let number = 0; number < times; number += 10) {
        const inputs = Array.from({ length: 10 }, (_, more) => `${number + more} `)
        const asked = inputs.map((input) => ask(input.padEnd(characters, 'x')))
        ids.push(...(await Promise.all(asked)))
      }
      return ids
    }
    const statusOf = async (id = '') => (await fetch(`${url}/v1/responses/${id}`)).status

    const small = await askOften(300, 100)
    expect(await statusOf(small[0])).toBe(200)
    const empty = heapInUse()
    const large = await askOften(76, 900_000)
    const full = heapInUse()
    const more = await askOften(24, 900_000)
    const fuller = heapInUse()

    expect(await Promise.all([small[0], small.at(-1), large[0]].map(statusOf))).toEqual(
      Array(3).fill(404),
    )
    expect(await Promise.all([more[0], more.at(-1)].map(statusOf))).toEqual([200, 200])
    // Unbounded, it would grow by 21 MB once more.
    expect((full - empty) / 1e6).toBeLessThan(90)
    expect((fuller - full) / 1e6).toBeLessThan(14)
  })
})
