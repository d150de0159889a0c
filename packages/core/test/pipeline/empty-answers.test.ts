import { describe, expect, it } from 'vitest'
import type { FinishReason } from '../../src/chat/finish-reason.ts'
import { FakeBody } from '../support/fake-body.ts'
import { line } from '../support/fake-dialect.ts'
import { type FakeGateway, fakeGateway } from '../support/fake-gateway.ts'
import {
  answer,
  dialectB,
  type Exchange,
  FakeProvider,
  type FakeProviderOptions,
  fails,
  inTurn,
  type Script,
  streams,
  whole,
} from '../support/fake-provider.ts'

/** Answers in the form that was asked for, without anything in it. */
function empty(done: FinishReason = 'stop'): Script {
  return ({ request }: Exchange) =>
    request.framing === 'json'
      ? whole('', { done })
      : streams({ start: 'id' }, { text: '' }, { usage: 7 }, { done })
}

const good: Script = ({ request }) =>
  request.framing === 'json' ? whole('hello') : streams({ text: 'hello' }, { done: 'stop' })

const ways: readonly (readonly [string, FakeProviderOptions])[] = [
  ['forwarded', {}],
  ['translated', { dialect: dialectB }],
  ['never streamed by its provider', { streaming: 'never' }],
  ['always streamed by its provider', { streaming: 'always' }],
]
const cells = ways.flatMap(([way, options]) => [
  [way, 'stream', options, true] as const,
  [way, 'whole', options, false] as const,
])

async function gatewayOf(
  provider: FakeProvider,
  limits: object = { retryEmptyAnswers: 2 },
): Promise<FakeGateway> {
  return await fakeGateway({ backends: [provider.config()], limits })
}

const asked = (stream: boolean) => ({ body: { model: 'm', text: 'hi', stream } })

describe.each(cells)('an empty answer, %s (%s),', (_way, _form, options, stream) => {
  it('is an answer unless the operator wants otherwise', async () => {
    const provider = new FakeProvider(options, inTurn(empty(), good))
    const fake = await gatewayOf(provider, {})

    const sink = await fake.ask(asked(stream))

    expect(provider.sent).toHaveLength(1)
    expect(sink.status).toBe(200)
    expect(sink.text).not.toContain('hello')
  })

  it('is asked for again, on the same target, which is not cooled', async () => {
    const provider = new FakeProvider({ ...options, targets: ['1', '2'] }, inTurn(empty(), good))
    const fake = await gatewayOf(provider)

    const sink = await fake.ask(asked(stream))

    expect(provider.used).toEqual(['1', '1'])
    expect(sink.text).toContain('hello')
    expect(fake.events['target-state']).toEqual([])
    expect(fake.events['attempt-end']).toMatchObject([
      { next: 'retry', outcome: { result: 'failed', meaningful: false } },
      { next: 'delivered', outcome: { result: 'done' } },
    ])
    await fake.expectRest()
  })

  it('is delivered as it is when it has been asked for often enough', async () => {
    const provider = new FakeProvider(options, empty())
    const fake = await gatewayOf(provider)

    const sink = await fake.ask(asked(stream))

    expect(provider.sent).toHaveLength(3)
    expect(sink.status).toBe(200)
    expect(sink.text).toContain('"done":"stop"')
    expect(fake.lastEnd).not.toHaveProperty('error')
  })

  it('is delivered when no try is left', async () => {
    const provider = new FakeProvider(options, empty())
    const fake = await gatewayOf(provider, { retryEmptyAnswers: 5, maxTries: 2 })

    const sink = await fake.ask(asked(stream))

    expect(provider.sent).toHaveLength(2)
    expect(sink.status).toBe(200)
  })

  it.each(['length', 'content-filter', 'pause'] as const)(
    'is an answer where it ends with %s',
    async (reason) => {
      const provider = new FakeProvider(options, inTurn(empty(reason), good))
      const fake = await gatewayOf(provider)

      await fake.ask(asked(stream))

      expect(provider.sent).toHaveLength(1)
    },
  )

  it('fails like the attempt that follows it', async () => {
    const provider = new FakeProvider(
      options,
      inTurn(empty(), () => fails('upstream_model_unavailable')),
    )
    const fake = await gatewayOf(provider)

    const sink = await fake.ask(asked(stream))

    expect(sink.status).toBe(404)
  })
})

it('is delivered where the provider has told meanwhile to wait', async () => {
  const body = new FakeBody()
  const provider = new FakeProvider(
    {},
    inTurn(
      () => answer(body),
      () => fails('upstream_overloaded', { retryAfterMs: 60_000 }),
    ),
  )
  const fake = await gatewayOf(provider)
  const call = await fake.stream()
  await fake.ask()

  body.write(line({ done: 'stop' })).end()
  await call.done

  expect(provider.sent).toHaveLength(2)
  expect(call.sink.text).toContain('"done":"stop"')
})

describe('an answer with something in it', () => {
  it.each(ways)('is not held any longer for that: %s', async (_way, options) => {
    if (options.streaming === 'never') return
    const body = new FakeBody().write(line({ start: 'id' }), line({ text: 'h' }))
    const fake = await gatewayOf(new FakeProvider(options, () => answer(body)))

    const call = await fake.stream()

    expect(call.sink.text).toContain('"h"')
    body.write(line({ done: 'stop' })).end()
    await call.done
  })

  it('that is broken is judged as it always was', async () => {
    const provider = new FakeProvider(
      { targets: ['1', '2'] },
      inTurn(() => answer(new FakeBody().write('what?\n').end()), good),
    )
    const fake = await gatewayOf(provider)

    const sink = await fake.ask(asked(true))

    expect(provider.used).toEqual(['1', '2'])
    expect(sink.text).toContain('hello')
    expect(fake.events['target-state']).toMatchObject([{ reason: 'upstream_invalid_response' }])
  })
})
