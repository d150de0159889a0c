import { describe, expect, it } from 'vitest'
import { call, create, created, fakeWith, type Json, thinkAndCall } from './asking.ts'
import { typed } from './typed.ts'

describe('a stored response', () => {
  it('can be retrieved as it was given', async () => {
    const fake = await fakeWith({})
    const made = await created(fake, { input: 'Hi', instructions: 'Be brief.' })

    const found = await call(fake, ['GET', `/responses/${made.id}`])

    expect(found.json()).toEqual(made)
    expect(made).toMatchObject({ instructions: 'Be brief.', store: true })
  })

  it('shows encrypted reasoning only where it is included', async () => {
    const fake = await fakeWith({})
    const { include: _, ...silent } = thinkAndCall
    const made = await created(fake, silent)

    const without = await call(fake, ['GET', `/responses/${made.id}`])
    const included = await call(fake, [
      'GET',
      `/responses/${made.id}?include[]=reasoning.encrypted_content`,
    ])

    expect(made.output[0]).not.toHaveProperty('encrypted_content')
    expect(without.json()).toEqual(made)
    expect(included.json()).toMatchObject({
      output: [{ type: 'reasoning', encrypted_content: expect.any(String) }, {}],
    })
  })

  it('can be streamed again, from any event on', async () => {
    const fake = await fakeWith({})
    const streamed = await create(fake, { input: 'Hi', stream: true })
    const events = typed(streamed.body)
    const { id } = (events[0]?.['response'] ?? {}) as { id?: string }

    const all = await call(fake, ['GET', `/responses/${id}?stream=true`])
    const rest = await call(fake, ['GET', `/responses/${id}?stream=true&starting_after=3`])

    expect(all.body).toBe(streamed.body)
    expect(typed(rest.body)).toEqual(events.slice(4))
  })

  it('is gone when it was deleted, with its items', async () => {
    const fake = await fakeWith({})
    const { id, output } = await created(fake, { input: 'Hi' })

    const deleted = await call(fake, ['DELETE', `/responses/${id}`])
    const after = [
      await call(fake, ['GET', `/responses/${id}`]),
      await call(fake, ['DELETE', `/responses/${id}`]),
      await create(fake, { input: [{ type: 'item_reference', id: output[0]?.['id'] }] }),
      await create(fake, { input: 'And?', previous_response_id: id }),
    ]

    expect(deleted.json()).toEqual({ id, object: 'response', deleted: true })
    expect(after.map(({ status }) => status)).toEqual([404, 404, 400, 400])
    expect(after[0]?.json()).toMatchObject({
      error: { message: `Response with id '${id}' not found.` },
    })
  })

  it('is not there when store is false', async () => {
    const fake = await fakeWith({})
    const { id } = await created(fake, { input: 'Hi', store: false })

    const found = await call(fake, ['GET', `/responses/${id}`])
    const next = await create(fake, { input: 'And?', previous_response_id: id })

    expect(found.status).toBe(404)
    expect(next.json()).toMatchObject({ error: { code: 'previous_response_not_found' } })
  })

  it('is not there for another organisation', async () => {
    const keys = { k1: 'ok', k2: 'ok' } as const
    const fake = await fakeWith({ keys, stateScope: 'key' })
    const { id } = await created(fake, { input: 'Hi' }, 'k1')

    const operations = [
      ['GET', `/responses/${id}`],
      ['DELETE', `/responses/${id}`],
      ['POST', `/responses/${id}/cancel`],
      ['GET', `/responses/${id}/input_items`],
    ] as const
    for (const operation of operations) {
      expect((await call(fake, operation, { key: 'k2' })).status, operation[1]).toBe(404)
    }
    expect((await call(fake, ['GET', `/responses/${id}`], { key: 'k1' })).status).toBe(200)
  })

  it('goes on in the next one, without its instructions', async () => {
    const seen: (readonly Json[])[] = []
    const fake = await fakeWith({
      answer: (_, conversation) => {
        seen.push(conversation)
        return { items: [{ type: 'message', text: `turn ${seen.length}` }] }
      },
    })

    const first = await created(fake, { input: 'one', instructions: 'Be brief.' })
    const second = await created(fake, { input: 'two', previous_response_id: first.id })
    await created(fake, { input: 'three', previous_response_id: second.id })

    const texts = seen[2]?.map(({ content }) =>
      typeof content === 'string' ? content : (content as { text: string }[])[0]?.text,
    )
    expect(texts).toEqual(['one', 'turn 1', 'two', 'turn 2', 'three'])
    expect(second).toMatchObject({ instructions: null, previous_response_id: first.id })
  })
})

describe('input items', () => {
  const input = [
    { role: 'user', content: 'one' },
    { role: 'assistant', content: 'two' },
    { role: 'user', content: [{ type: 'input_text', text: 'three' }] },
  ]
  const texts = (page: Json): unknown =>
    (page['data'] as { content: { text: string }[] }[]).map(({ content }) => content[0]?.text)

  it('are listed with ids, the newest first unless asked otherwise, in pages', async () => {
    const fake = await fakeWith({})
    const { id } = await created(fake, { input })
    const list = async (query: string): Promise<Json> =>
      (await call(fake, ['GET', `/responses/${id}/input_items${query}`])).json() as Json

    const all = await list('')
    const page = await list('?order=asc&limit=2')
    const rest = await list(`?order=asc&limit=2&after=${page['last_id']}`)

    expect(all).toMatchObject({ object: 'list', has_more: false })
    expect(texts(all)).toEqual(['three', 'two', 'one'])
    expect(all['data']).toMatchObject([
      { type: 'message', id: expect.stringMatching(/^msg_/), content: [{ type: 'input_text' }] },
      { content: [{ type: 'output_text' }] },
      { status: 'completed' },
    ])
    expect(texts(page)).toEqual(['one', 'two'])
    expect(page['has_more']).toBe(true)
    expect(texts(rest)).toEqual(['three'])
  })

  it('are refused for a wrong limit or an unknown place', async () => {
    const fake = await fakeWith({})
    const { id } = await created(fake, { input })
    const path = `/responses/${id}/input_items`

    const limit = await call(fake, ['GET', `${path}?limit=0`])
    const after = await call(fake, ['GET', `${path}?after=msg_none`])

    expect(limit.json()).toMatchObject({ error: { param: 'limit' } })
    expect(after.json()).toMatchObject({ error: { param: 'after' } })
  })
})

describe('a background response', () => {
  it('is queued, then in progress, then there', async () => {
    const fake = await fakeWith({ backgroundPolls: 2 })
    const queued = await created(fake, { input: 'Hi', background: true })
    const poll = async (): Promise<Json> =>
      (await call(fake, ['GET', `/responses/${queued.id}`])).json() as Json

    const states = [await poll(), await poll(), await poll(), await poll()]

    expect(queued).toMatchObject({ status: 'queued', output: [], usage: null, background: true })
    expect(states.map(({ status }) => status)).toEqual([
      'in_progress',
      'in_progress',
      'completed',
      'completed',
    ])
    expect(states[2]).toMatchObject({ id: queued.id, output: [{ type: 'message' }] })
  })

  it('can be cancelled until it is there, again and again', async () => {
    const fake = await fakeWith({})
    const early = await created(fake, { input: 'early', background: true })
    const late = await created(fake, { input: 'late', background: true })
    for (const _ of [1, 2]) await call(fake, ['GET', `/responses/${late.id}`])

    const cancel = (id: string) => call(fake, ['POST', `/responses/${id}/cancel`])
    const cancelled = [await cancel(early.id), await cancel(early.id)]
    const kept = await cancel(late.id)
    const after = await call(fake, ['GET', `/responses/${early.id}`])

    for (const answer of [...cancelled, after]) {
      expect(answer.json()).toMatchObject({ status: 'cancelled', output: [] })
    }
    expect(kept.json()).toMatchObject({ status: 'completed' })
  })

  it('cannot be cancelled when it was none', async () => {
    const fake = await fakeWith({})
    const { id } = await created(fake, { input: 'Hi' })

    const answer = await call(fake, ['POST', `/responses/${id}/cancel`])

    expect(answer.status).toBe(400)
  })
})

describe('counting and compacting', () => {
  it('counts the words that the model is shown', async () => {
    const fake = await fakeWith({})
    const first = await created(fake, { input: 'one two' })
    const count = async (body: Json): Promise<Json> => {
      const whole = { model: 'fake-chat', ...body }
      return (await call(fake, ['POST', '/responses/input_tokens'], { body: whole })).json() as Json
    }

    const alone = await count({ input: 'one two three', instructions: 'four' })
    const chained = await count({ input: 'three', previous_response_id: first.id })
    const refused = await count({ input: 'x', store: false })

    expect(alone).toEqual({ object: 'response.input_tokens', input_tokens: 4 })
    expect(chained).toEqual({ object: 'response.input_tokens', input_tokens: 7 })
    expect(refused).toMatchObject({ error: { param: 'store' } })
  })

  it('compacts a conversation to something that only this provider takes back', async () => {
    const fake = await fakeWith({})
    const other = await fakeWith({})
    const input = [
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'two' },
    ]
    const body = { model: 'fake-chat', input }

    const compacted = (await call(fake, ['POST', '/responses/compact'], { body })).json() as Json
    const next = { input: [...(compacted['output'] as Json[]), { role: 'user', content: 'three' }] }
    const here = await create(fake, { ...next, store: false })
    const there = await create(other, next)

    expect(compacted).toMatchObject({
      object: 'response.compaction',
      output: [{ role: 'user' }, { type: 'compaction', encrypted_content: expect.any(String) }],
      usage: { output_tokens: 1 },
    })
    expect(here.status, here.body).toBe(200)
    expect((await create(fake, next)).status).toBe(200)
    expect(there.json()).toMatchObject({ error: { code: 'invalid_encrypted_content' } })
  })

  it('compacts in line when a trigger asks for it', async () => {
    const fake = await fakeWith({})
    const input = [{ role: 'user', content: 'one' }, { type: 'compaction_trigger' }]

    const { output } = await created(fake, { input })
    const next = await create(fake, { input: [...output, { role: 'user', content: 'two' }] })

    expect(output).toMatchObject([{ type: 'compaction', id: expect.stringMatching(/^cmp_/) }])
    expect(next.status, next.body).toBe(200)
  })
})
