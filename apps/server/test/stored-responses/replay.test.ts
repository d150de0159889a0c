import { openaiResponses } from '@jackfield/dialect-openai'
import type OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keepingBackends, type StoredWorld, startStoredWorld, weatherTool } from './world.ts'

let world: StoredWorld

beforeAll(async () => {
  world = await startStoredWorld()
})

afterAll(() => world.close())

type Params = Partial<OpenAI.Responses.ResponseCreateParamsNonStreaming>

const requests: Readonly<Record<string, Params>> = {
  text: { input: 'Hello' },
  'unicode at every width': { input: 'é 漢 🎐 \u2028' },
  'a call': { input: 'weather', tools: [weatherTool] },
  'a call of free text': { input: 'shout', tools: [{ type: 'custom', name: 'shout' }] },
  'parallel calls': {
    input: 'weather time',
    tools: [weatherTool, { ...weatherTool, name: 'time' }],
  },
  reasoning: { input: 'Hello', reasoning: { effort: 'medium', summary: 'auto' } },
  'reasoning before a call': {
    input: 'weather',
    tools: [weatherTool],
    reasoning: { effort: 'medium', summary: 'auto' },
    include: ['reasoning.encrypted_content'],
  },
  'text cut at a limit': { input: 'word '.repeat(40), max_output_tokens: 16 },
}

const cells = keepingBackends.flatMap((backend) =>
  Object.entries(requests).map(([name, params]) => [name, backend, params] as const),
)

const plain = (value: unknown): OpenAI.Responses.Response => JSON.parse(JSON.stringify(value))

/** Without what the library makes of arguments and texts that it has parsed. */
function itemsOf({ output }: OpenAI.Responses.Response): unknown {
  const text = JSON.stringify(output, (key, value) =>
    key.startsWith('parsed') ? undefined : value,
  )
  return JSON.parse(text)
}

describe('a kept answer that is streamed once more', () => {
  it.each(cells)('is legal and the same: %s, of %s', async (_, backend, params) => {
    const given = await world.client.responses.create({
      model: `${backend}:fake-chat`,
      ...params,
    })
    const raw = await fetch(`${world.gateway.url}/v1/responses/${given.id}?stream=true`)
    const validator = openaiResponses.streamValidator('sse')
    validator.push(new Uint8Array(await raw.arrayBuffer()))
    validator.end()

    const stream = world.client.responses.stream({ response_id: given.id })
    const again = plain(await stream.finalResponse())

    expect(validator.violations).toEqual([])
    expect(itemsOf(again)).toEqual(itemsOf(plain(given)))
    expect([again.id, again.status, again.usage]).toEqual([given.id, given.status, given.usage])
  })
})
