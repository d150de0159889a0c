import { describe, expect, it } from 'vitest'
import { fakeGateway } from '../support/fake-gateway.ts'
import { FakeProvider } from '../support/fake-provider.ts'

/** A prompt of about so many tokens. */
const prompt = (tokens: number) => 'word '.repeat(Math.ceil((tokens * 4) / 5))

async function ask(model: string, tokens: number) {
  const [small, large] = [new FakeProvider(), new FakeProvider()]
  const fake = await fakeGateway({ backends: [small.config('small'), large.config('large')] })
  const sink = await fake.ask({ body: { model, text: prompt(tokens) } })
  return { sink, fake, sent: [small.sent.length, large.sent.length] }
}

describe('max_context', () => {
  it('leaves a leaf out whose limit the prompt passes', async () => {
    expect((await ask('[max_context=1000]small:m|large:m', 200)).sent).toEqual([1, 0])

    const { sent, fake } = await ask('[max_context=1000]small:m|large:m', 3_000)
    expect(sent).toEqual([0, 1])
    expect(fake.lastEnd.decision).toContainEqual(
      expect.stringMatching(/^small is left out: The prompt has about \d+ tokens.*at most 1000/),
    )
  })

  it('counts tokens, not bytes', async () => {
    expect((await ask('[max_context=1000]small:m|large:m', 800)).sent).toEqual([1, 0])
  })

  it('holds for the legs of a race', async () => {
    expect((await ask('[max_context=1000]small:m!large:m', 3_000)).sent).toEqual([0, 1])
  })

  it('refuses a prompt that is too long for every leaf', async () => {
    const { sink, sent } = await ask('[max_context=1000]small:m|[max_context=2000]large:m', 9_000)

    expect(sent).toEqual([0, 0])
    expect(sink.status).toBe(400)
    expect(sink.json).toMatchObject({
      code: 'context_length_exceeded',
      message: expect.stringMatching(/"small:m".*1000 \(max_context\)/),
    })
  })
})
