import { describe, expect, it } from 'vitest'
import { fails, hangs, said, says, startHybrid } from './support/hybrid-gateway.ts'

const alone = 'The answer is 4.'

describe.each([[true], [false]])('a call of two models (stream: %s)', (stream) => {
  it('shows the thought of the first as reasoning, and answers with the second', async () => {
    const world = await startHybrid()

    const { reasoning, text, response } = await world.ask({ stream })

    expect([reasoning, text]).toEqual(['It is 4.', alone])
    expect(response?.finish.reason).toBe('stop')
    expect(world.thinker.names).toEqual(['deep'])
    expect(world.writer.names).toEqual(['fast'])
  })

  it('gives the second what the first thought', async () => {
    const world = await startHybrid()

    await world.ask({ stream, temperature: 0.3 })

    const [request] = world.writer.asked
    expect(request).toMatchObject({ stream, temperature: 0.3, reasoning: { effort: 'low' } })
    expect(request?.messages).toEqual([
      {
        role: 'system',
        content: [
          {
            type: 'text',
            text: 'Consider this reasoning when formulating your response:\n\n<reasoning>It is 4.</reasoning>',
          },
        ],
      },
      { role: 'user', content: [{ type: 'text', text: 'Hello.' }] },
    ])
  })

  it('asks the first for the same, always streamed', async () => {
    const world = await startHybrid()

    await world.ask({ stream, temperature: 0.3 })

    expect(world.thinker.asked).toMatchObject([
      {
        stream: true,
        temperature: 0.3,
        reasoning: { effort: 'high', show: true },
        messages: [{ role: 'user' }],
      },
    ])
  })

  it('cancels the first as soon as it begins to answer', async () => {
    const world = await startHybrid({
      thinker: hangs({ reasoning: 'It is 4.' }, { text: 'Four.' }),
    })

    expect((await world.ask({ stream })).text).toBe(alone)
    expect(world.thinker.cancelled).toBe(1)
  })

  it('reads a thought in tags', async () => {
    const world = await startHybrid({
      thinker: hangs({ text: '<think>It ' }, { text: 'is 4.</thi' }, { text: 'nk>Four' }),
    })

    expect(await world.ask({ stream })).toMatchObject({ reasoning: 'It is 4.', text: alone })
  })

  it('hides what the second thinks, in whatever way', async () => {
    const world = await startHybrid({
      writer: says(
        { reasoning: 'mine' },
        { text: '<think>mine</think>' },
        { text: '\nHello.' },
        { end: 'stop' },
      ),
    })

    expect(await world.ask({ stream })).toMatchObject({ reasoning: 'It is 4.', text: 'Hello.' })
  })

  it.each([
    ['fails at once', fails('upstream_overloaded')],
    ['fails for good', fails('invalid_request')],
    ['rejects our key', fails('upstream_credentials_rejected')],
    ['has nothing to say', says({ end: 'stop' })],
    ['says blanks', says({ reasoning: ' \n' }, { text: ' ' }, { end: 'stop' })],
    ['refuses', says({ refusal: 'No.' }, { end: 'stop' })],
    ['breaks off before a word', fails('upstream_error', { text: '' })],
  ])('is answered by the second alone when the first %s', async (_, thinker) => {
    const world = await startHybrid({
      thinker,
      writer: says({ reasoning: 'mine' }, { text: '<think>x</think>y' }, { end: 'stop' }),
    })

    const heard = await world.ask({ stream })

    expect(heard).toMatchObject({ reasoning: 'mine', text: '<think>x</think>y' })
    expect(world.writer.asked[0]?.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Hello.' }] },
    ])
  })

  it('uses what the first said before it broke off', async () => {
    const world = await startHybrid({ thinker: fails('upstream_error', { reasoning: 'It is' }) })

    expect(await world.ask({ stream })).toMatchObject({ reasoning: 'It is', text: alone })
    expect(JSON.stringify(world.writer.asked[0])).toContain('<reasoning>It is</reasoning>')
  })

  it('gives the first no more than its time, and uses what it said until then', async () => {
    const world = await startHybrid({ thinker: hangs({ reasoning: 'It is' }) })
    const { done } = world.start({ stream })
    await expect.poll(() => world.thinker.asked.length).toBe(1)
    await new Promise((resolve) => setImmediate(resolve))

    world.clock.skip(60_000)
    await done

    expect(world.thinker.cancelled).toBe(1)
    expect(JSON.stringify(world.writer.asked[0])).toContain('<reasoning>It is</reasoning>')
  })

  it('goes on when nothing at all comes in time', async () => {
    const world = await startHybrid({ thinker: hangs(), options: { reasoning_timeout: '5s' } })
    const { done, sink } = world.start({ stream })
    await expect.poll(() => world.thinker.asked.length).toBe(1)

    world.clock.skip(5_000)
    await done

    expect(world.thinker.cancelled).toBe(1)
    expect(sink.text).toContain('The answer is 4.')
    expect(world.log).toContainEqual([
      { callId: expect.any(String), code: 'upstream_timeout' },
      'the reasoning model failed',
    ])
    expect(JSON.stringify(world.writer.asked[0])).not.toContain('<reasoning>')
  })

  it('fails as an upstream time-out when the second says nothing', async () => {
    const world = await startHybrid({ writer: hangs(), options: { execution_timeout: '7s' } })
    const { done } = world.start({ stream })
    await expect.poll(() => world.writer.asked.length).toBe(1)

    world.clock.skip(7_000)
    await done

    expect(world.writer.cancelled).toBe(1)
    const [end] = world.ends
    const error = stream ? end?.error?.cause : end?.error
    expect(error).toMatchObject({
      code: 'upstream_timeout',
      message: expect.stringContaining('within 7 s (execution_timeout)'),
    })
    expect(end?.status).toBe(stream ? 200 : 504)
  })

  it('gives the second as long as it likes once it has begun', async () => {
    const world = await startHybrid({ writer: hangs({ text: 'Hel' }) })
    const { done, leave } = world.start({ stream })
    await expect.poll(() => world.writer.asked.length).toBe(1)
    await new Promise((resolve) => setImmediate(resolve))

    world.clock.skip(120_000)
    await new Promise((resolve) => setImmediate(resolve))
    expect(world.writer.cancelled).toBe(0)

    leave()
    await done
  })

  it.each(['upstream_overloaded', 'upstream_quota_exhausted', 'content_filtered'] as const)(
    'fails as the second does: %s',
    async (code) => {
      const world = await startHybrid({ thinker: says({ end: 'stop' }), writer: fails(code) })

      const { error } = await world.ask({ stream })

      expect(error?.code).toBe(code)
      expect(world.ends[0]?.error?.code).toBe(code)
    },
  )

  it('breaks off honestly when the second breaks off', async () => {
    const world = await startHybrid({ writer: fails('upstream_error', { text: 'The' }) })

    const { error, text } = await world.ask({ stream })

    expect(error).toBeDefined()
    expect(text).toBe(stream ? 'The' : '')
  })

  it('ends both calls when the client leaves, whichever runs', async () => {
    for (const phase of ['thinker', 'writer'] as const) {
      const world = await startHybrid({ [phase]: hangs({ reasoning: 'hm' }) })
      const { done, leave } = world.start({ stream })
      await expect.poll(() => world[phase].asked.length).toBe(1)
      await new Promise((resolve) => setImmediate(resolve))

      const left = performance.now()
      leave()
      await done

      expect(performance.now() - left).toBeLessThan(100)
      expect(world[phase].cancelled).toBe(1)
      expect(world.ends[0]).toMatchObject({ error: { code: 'client_closed_request' } })
      if (phase === 'thinker') expect(world.writer.asked).toEqual([])
    }
  })

  it('lets calls of tools through that come instead of a thought', async () => {
    const state = [{ kind: 'call', data: 'x' }] as const
    const world = await startHybrid({
      thinker: says(
        { call: 'weather', state },
        { usage: { outputTokens: 3 } },
        { end: 'tool-calls' },
      ),
    })

    const { response } = await world.ask({ stream, stream_options: { include_usage: true } })

    expect(response?.content).toMatchObject([
      { type: 'tool-call', callId: 'call-weather', name: 'weather' },
    ])
    expect(response).toMatchObject({
      finish: { reason: 'tool-calls' },
      usage: { outputTokens: 3 },
    })
    expect(world.writer.asked).toEqual([])
  })

  it('fails where a model fails in the middle of the calls that it makes', async () => {
    const world = await startHybrid({ thinker: fails('upstream_error', { call: 'weather' }) })

    const { error } = await world.ask({ stream })

    expect(error).toBeDefined()
    expect(world.writer.asked).toEqual([])
  })

  it('lets the second act where the first has thought before it would', async () => {
    const world = await startHybrid({
      thinker: hangs({ reasoning: 'I need the weather.' }, { call: 'weather' }),
      writer: says({ call: 'clock' }, { end: 'tool-calls' }),
    })

    const { response, reasoning } = await world.ask({ stream })

    expect(reasoning).toBe('I need the weather.')
    expect(JSON.stringify(response?.content)).toContain('call-clock')
    expect(JSON.stringify(response?.content)).not.toContain('call-weather')
  })

  it('counts both models, together and apart', async () => {
    const world = await startHybrid({
      thinker: hangs(
        { usage: { inputTokens: 10 } },
        { reasoning: 'It is 4.' },
        { usage: { inputTokens: 10, outputTokens: 7, reasoningTokens: 7 } },
        { text: 'Four' },
      ),
      writer: says(
        { usage: { inputTokens: 30, cachedInputTokens: 20 } },
        { text: 'Four.' },
        { usage: { inputTokens: 30, cachedInputTokens: 20, outputTokens: 2 } },
        { end: 'stop' },
      ),
    })

    const { response } = await world.ask({ stream, stream_options: { include_usage: true } })

    const sum = { inputTokens: 40, outputTokens: 9, cachedInputTokens: 20, reasoningTokens: 7 }
    expect(response?.usage).toMatchObject(sum)
    expect(world.ends).toMatchObject([
      {
        usage: { usage: sum },
        totalUsage: { source: 'provider', usage: sum },
        attemptUsage: [
          {
            route: { backend: 'think' },
            result: 'cancelled',
            usage: { usage: { outputTokens: 7 } },
          },
          { route: { backend: 'write' }, result: 'done', usage: { usage: { outputTokens: 2 } } },
        ],
      },
    ])
  })

  it('counts a first that broke off, too', async () => {
    const world = await startHybrid({
      thinker: fails('upstream_error', { reasoning: 'It' }, { usage: { outputTokens: 5 } }),
      writer: says({ text: 'x' }, { usage: { outputTokens: 2 } }, { end: 'stop' }),
    })

    const { response } = await world.ask({ stream, stream_options: { include_usage: true } })

    expect(response?.usage?.outputTokens).toBe(7)
  })
})

describe('a stream of two models', () => {
  it('shows the thought while it is being thought', async () => {
    const world = await startHybrid({ thinker: hangs({ reasoning: 'It is' }, { reasoning: ' 4' }) })
    const { sink, done, leave } = world.start({ stream: true })

    await sink.until(({ text }) => text.includes('It is') && text.includes(' 4'))
    expect(world.writer.asked).toEqual([])

    leave()
    await done
  })

  it('shows no thought to a client that wants none', async () => {
    const world = await startHybrid()

    const heard = await world.ask({ stream: true, include_reasoning: false })

    expect(heard).toMatchObject({ reasoning: '', text: alone })
    expect(world.thinker.asked[0]?.reasoning?.show).toBe(true)
    expect(JSON.stringify(world.writer.asked[0])).toContain('<reasoning>')
  })

  it('is one answer for the client, with one id', async () => {
    const world = await startHybrid()
    const { sink, done } = world.start({ stream: true })
    await done

    const ids = sink.text.match(/"id":"[^"]+"/g) ?? []
    expect(new Set(ids).size).toBe(1)
    expect(sink.text.trimEnd().endsWith('data: [DONE]')).toBe(true)
  })
})

describe('mistakes of the caller', () => {
  it.each([
    ['hybrid', 'needs two models'],
    ['hybrid:gpt-4o', 'needs two models'],
    ['hybrid:[think:deep]', 'only one selector'],
    ['hybrid:[think:deep,write:fast,write:x]', 'more than two'],
    ['hybrid:[antigravity-oauth:x,write:fast]', 'shows no reasoning'],
    ['hybrid:[think:deep|gemini-oauth-free:x,write:fast]', 'shows no reasoning'],
  ])('are told: %s', async (model, message) => {
    const world = await startHybrid()

    const { status, error } = await world.ask({ model })

    expect(status).toBe(400)
    expect(error?.message).toContain(message)
    expect(world.thinker.asked).toEqual([])
    expect(world.writer.asked).toEqual([])
  })

  it.each([
    ['hybrid:[no-such-model,write:fast]', 404],
    ['hybrid:[think:deep,no-such-model]', 404],
  ])('are told when the routing finds them: %s', async (model, status) => {
    const world = await startHybrid()

    expect((await world.ask({ model })).status).toBe(status)
    expect(world.writer.asked).toEqual([])
  })

  it('are no reasoning models that the operator lets in', async () => {
    const world = await startHybrid({ options: { incompatible_reasoning_backends: ['think'] } })

    expect((await world.ask()).error?.message).toContain('"think" shows no reasoning')
  })
})

describe('every form of selector', () => {
  it.each([
    ['hybrid:[think:deep?temperature=0.8,write:fast?temperature=0.3]', 'deep', 'fast'],
    ['hybrid:[think:a/b:c,write:d%2Ce]', 'a/b:c', 'd,e'],
    ['hybrid:[no-such-model|think:deep,write:x|write:y]', 'deep', 'x'],
    ['hybrid:[think:one!think:two,write:fast]', undefined, 'fast'],
    ['hybrid:[[weight=1]think:one^[weight=2]think:two,write:fast]', undefined, 'fast'],
    ['hybrid:[think.one:deep,write.one:fast]', 'deep', 'fast'],
  ])('works on both sides: %s', async (model, reasoning, execution) => {
    const world = await startHybrid()

    const heard = await world.ask({ model })

    expect(heard).toMatchObject({ status: 200, reasoning: 'It is 4.', text: alone })
    if (reasoning !== undefined) expect(world.thinker.names).toEqual([reasoning])
    if (execution !== undefined) expect(world.writer.names).toEqual([execution])
  })

  it('sets the parameters of each side for that side', async () => {
    const world = await startHybrid()

    await world.ask({
      model:
        'hybrid:[think:deep?temperature=0.8&reasoning_effort=max,write:fast?temperature=0.3&reasoning_effort=none]',
      temperature: 0.1,
      reasoning_effort: 'medium',
    })

    expect(world.thinker.asked).toMatchObject([{ temperature: 0.8, reasoning: { effort: 'max' } }])
    expect(world.writer.asked).toMatchObject([{ temperature: 0.3, reasoning: { effort: 'none' } }])
  })

  it('falls back on the next model of a side', async () => {
    const world = await startHybrid({
      thinker: async function* (request, context) {
        const script =
          context.model === 'bad'
            ? fails('upstream_error')
            : says({ reasoning: 'ok' }, { text: 'x' })
        yield* script(request, context)
      },
    })

    const heard = await world.ask({ model: 'hybrid:[think:bad|think:good,write:fast]' })

    expect(heard.reasoning).toBe('ok')
    expect(world.thinker.names).toEqual(['bad', 'good'])
  })

  it('may be a pair of pairs', async () => {
    const world = await startHybrid()

    const heard = await world.ask({
      model: 'hybrid:[hybrid:[think:one,think:two],hybrid:[think:three,write:four]]',
    })

    expect(heard).toMatchObject({ reasoning: 'It is 4.', text: alone })
    expect(world.thinker.names).toEqual(['one', 'two', 'three'])
  })

  it('may be one place of several', async () => {
    const world = await startHybrid({
      thinker: says({ end: 'stop' }),
      writer: fails('upstream_error'),
    })

    const { error } = await world.ask({ model: 'hybrid:[think:deep,write:fast]|write:last' })

    expect(error?.code).toBe('upstream_error')
    expect(world.writer.names).toEqual(['fast', 'last'])
  })
})

describe('how hard models are asked to think', () => {
  it.each([
    [{ reasoning_effort: 'medium' }, 'medium', 'medium'],
    [{}, 'xhigh', 'minimal'],
  ])(
    'is what the request says, else what the options say: %j',
    async (body, reasoning, execution) => {
      const world = await startHybrid({
        options: { reasoning_effort: 'xhigh', execution_effort: 'minimal' },
      })

      await world.ask(body)

      expect(world.thinker.asked[0]?.reasoning?.effort).toBe(reasoning)
      expect(world.writer.asked[0]?.reasoning?.effort).toBe(execution)
    },
  )

  it('is left out for a provider that refuses it, from then on at once', async () => {
    const picky = says({ text: 'ok' }, { end: 'stop' })
    const world = await startHybrid({
      thinker: async function* (request, context) {
        yield* (
          request.reasoning?.effort === undefined
            ? says({ reasoning: 'hm' }, { text: 'x' })
            : fails('invalid_request')
        )(request, context)
      },
      writer: async function* (request, context) {
        yield* (request.reasoning?.effort === undefined ? picky : fails('invalid_request'))(
          request,
          context,
        )
      },
    })

    const first = await world.ask()
    const second = await world.ask()

    expect(first).toMatchObject({ reasoning: 'hm', text: 'ok' })
    expect(second).toMatchObject({ reasoning: 'hm', text: 'ok' })
    const efforts = ({ asked }: typeof world.writer) =>
      asked.map(({ reasoning }) => reasoning?.effort)
    expect(efforts(world.thinker)).toEqual(['high', undefined, undefined])
    expect(efforts(world.writer)).toEqual(['low', undefined, undefined])
  })

  it('is not what a request was refused for that is refused without it, too', async () => {
    const world = await startHybrid({ writer: fails('invalid_request') })

    expect((await world.ask()).error?.code).toBe('invalid_request')
    await world.ask()

    expect(world.writer.asked.map(({ reasoning }) => reasoning?.effort)).toEqual([
      'low',
      undefined,
      'low',
      undefined,
    ])
  })

  it('is never left out where the client asked for it', async () => {
    const world = await startHybrid({ writer: fails('invalid_request') })

    await world.ask({ reasoning_effort: 'low' })

    expect(world.writer.asked).toHaveLength(1)
  })
})

describe('a conversation', () => {
  it('repeats the thought for the second model where that is wanted', async () => {
    const world = await startHybrid({ options: { repeat_messages: true } })

    await world.ask()

    expect(world.writer.asked[0]?.messages.at(-1)).toEqual({
      role: 'assistant',
      content: [{ type: 'reasoning', form: 'raw', text: 'It is 4.' }],
    })
  })

  it('may have a probability of its own, which no model sees', async () => {
    const world = await startHybrid()
    const later = [said('a'), said('b', 'assistant'), said('c')]
    const body = { messages: later, _temp_hybrid_reasoning_probability: 0 }

    await world.ask(body)

    expect(world.thinker.asked).toEqual([])
    expect(JSON.stringify(world.writer.asked)).not.toContain('probability')
  })
})
