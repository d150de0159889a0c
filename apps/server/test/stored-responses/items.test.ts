import type OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callIdOf, errorOf, told } from './create.ts'
import {
  allBackends,
  type BackendName,
  keepingBackends,
  type StoredWorld,
  startStoredWorld,
  weatherTool,
} from './world.ts'

let world: StoredWorld

beforeAll(async () => {
  world = await startStoredWorld()
})

afterAll(() => world.close())

const ask = (backend: BackendName, params: Partial<OpenAI.Responses.ResponseCreateParams>) =>
  world.client.responses.create({ model: `${backend}:fake-chat`, ...params, stream: false })

type Item = OpenAI.Responses.ResponseItem

const textOf = (item: Item): string => JSON.stringify(item)

describe('inputItems.list', () => {
  it.each(allBackends)('tells what an answer of %s was made from', async (backend) => {
    const first = await ask(backend, { input: 'weather please', tools: [weatherTool] })
    const call_id = callIdOf(first)
    const output = [{ type: 'function_call_output', call_id, output: 'sunny' } as const]
    const tools = [weatherTool]
    const second = await ask(backend, { input: output, tools, previous_response_id: first.id })
    const third = await ask(backend, { input: 'Thanks', previous_response_id: second.id })

    const page = await world.client.responses.inputItems.list(third.id, { order: 'asc' })

    const said = page.data.filter(({ type }) => type !== 'reasoning')
    expect(said.map(({ type }) => type)).toEqual([
      'message',
      'function_call',
      'function_call_output',
      'message',
      'message',
    ])
    expect(said[0]).toMatchObject({
      role: 'user',
      content: [{ type: 'input_text', text: 'weather please' }],
    })
    expect(said[2]).toMatchObject({ call_id, output: 'sunny' })
    expect(textOf(said[4] as Item)).toContain('Thanks')
    expect(page.data.every(({ id }) => typeof id === 'string' && id !== '')).toBe(true)
    expect(new Set(page.data.map(({ id }) => id)).size).toBe(page.data.length)
  })

  it.each(['chat', 'responses'] as const)(
    'goes through pages, either way, at %s',
    async (backend) => {
      const words = Array.from({ length: 23 }, (_, index) => `word ${index}`)
      const input = words.map((content) => ({ role: 'user', content }) as const)
      const { id } = await ask(backend, { input })
      const read = async (query: OpenAI.Responses.InputItemListParams) => {
        const ids: string[] = []
        const list = world.client.responses.inputItems.list(id, query)
        for await (const item of list) ids.push(String(item.id))
        return ids
      }

      const forward = await read({ order: 'asc', limit: 5 })
      const backward = await read({ limit: 10 })
      const raw = await fetch(`${world.gateway.url}/v1/responses/${id}/input_items`)

      expect(forward).toHaveLength(23)
      expect(backward).toEqual(forward.toReversed())
      const first = (await raw.json()) as Readonly<Record<string, unknown>>
      expect(first).toMatchObject({ object: 'list', has_more: true })
      expect(first['data']).toHaveLength(20)
      expect([first['first_id'], first['last_id']]).toEqual([backward[0], backward[19]])
    },
  )

  it.each([
    ['limit', { limit: 0 }],
    ['limit', { limit: 101 }],
    ['order', { order: 'sideways' as 'asc' }],
    ['after', { after: 'msg_unknown' }],
  ])('names a bad %s', async (param, query) => {
    const { id } = await ask('chat', { input: 'Hello' })

    const error = await errorOf(world.client.responses.inputItems.list(id, query))

    expect(told(error)).toMatchObject({ name: 'BadRequestError', param })
  })
})

describe('item references', () => {
  it.each(allBackends)('stand for items of the answer that goes on, at %s', async (backend) => {
    const first = await ask(backend, { input: 'Hello' })
    const id = String(first.output.find(({ type }) => type === 'message')?.id)
    const items = await world.client.responses.inputItems.list(first.id)

    const second = await ask(backend, {
      previous_response_id: first.id,
      input: [
        { type: 'item_reference', id },
        { type: 'item_reference', id: String(items.data[0]?.id) },
        { role: 'user', content: 'More' },
      ],
    })

    expect(second.output_text).toBe('You said: More')
  })

  it.each(keepingBackends)('alone bring the items to %s, in their places', async (backend) => {
    const first = await ask(backend, { input: 'The first question' })
    const id = String(first.output.find(({ type }) => type === 'message')?.id)
    const asked = await world.client.responses.inputItems.list(first.id)
    const reference = (of: string) => ({ type: 'item_reference', id: of }) as const

    const second = await ask(backend, {
      input: [
        reference(String(asked.data[0]?.id)),
        reference(id),
        { role: 'user', content: 'The second' },
      ],
    })
    const items = await world.client.responses.inputItems.list(second.id, { order: 'asc' })

    const shown = JSON.stringify(world.bodies(backend).at(-1))
    expect(shown).toMatch(/The first question.*You said: The first question.*The second/)
    expect(second.output_text).toBe('You said: The second')
    expect(items.data.map(({ type }) => type)).toEqual(['message', 'message', 'message'])
  })

  it.each(keepingBackends)('to what is gone are an error, at %s', async (backend) => {
    const first = await ask(backend, { input: 'Hello' })
    const id = String(first.output.find(({ type }) => type === 'message')?.id)
    await world.client.responses.delete(first.id)
    const input = [
      { type: 'item_reference', id } as const,
      { role: 'user', content: 'More' } as const,
    ]

    const error = told(await errorOf(ask(backend, { input })))

    expect(error).toMatchObject({ name: 'BadRequestError', param: 'input' })
    expect(error['message']).toContain(first.id)
  })

  it('to what the provider stored are left to it', async () => {
    const first = await ask('responses', { input: 'Hello' })
    const id = String(first.output.find(({ type }) => type === 'message')?.id)

    const second = await ask('responses', {
      input: [
        { type: 'item_reference', id },
        { role: 'user', content: 'More' },
      ],
    })

    expect(second.output_text).toBe('You said: More')
  })
})
