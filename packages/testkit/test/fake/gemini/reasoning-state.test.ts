import { describe, expect, it } from 'vitest'
import {
  type GeminiFake,
  type GeminiFakeOptions,
  startGeminiFake,
} from '../../../src/fake/gemini.ts'
import { type HttpAnswer, httpCall } from '../../http-call.ts'
import { type Body, call, hi, model, response, secret, user } from './good-request.ts'

interface Part extends Body {
  readonly text?: string
  readonly thoughtSignature?: string
  readonly functionCall?: Body
}

const tools = [{ functionDeclarations: [{ name: 'f' }, { name: 'g' }] }]
const question = user({ text: 'use f and g' })

function generate(
  fake: GeminiFake,
  contents: readonly unknown[],
  more: { readonly key?: string; readonly tools?: unknown } = { tools },
): Promise<HttpAnswer> {
  const { key = 'sk-fake', ...members } = more
  const headers = { 'x-goog-api-key': key }
  const url = `${fake.baseUrl}/models/fake-chat:generateContent`
  return httpCall(url, { body: { contents, ...members }, headers })
}

function partsOf(answer: HttpAnswer): readonly Part[] {
  const { candidates } = answer.json() as { candidates: { content: { parts: Part[] } }[] }
  return candidates[0]?.content.parts ?? []
}

/** A tool loop up to the responses, with the parts of the model's turn as they come back. */
async function loop(
  fake: GeminiFake,
  back: (parts: readonly Part[]) => readonly unknown[] = (parts) => parts,
  key?: string,
): Promise<HttpAnswer> {
  const asked = { tools, ...(key !== undefined && { key }) }
  const parts = partsOf(await generate(fake, [question], asked))
  const responses = user(response(), { functionResponse: { name: 'g', response: {} } })
  return await generate(fake, [question, model(...back(parts)), responses], asked)
}

const refusal = (message: string) => ({
  error: { code: 400, status: 'INVALID_ARGUMENT', message: expect.stringContaining(message) },
})
const strict = (options: GeminiFakeOptions = {}): Promise<GeminiFake> => startGeminiFake(options)

describe('signatures of function calls', () => {
  it('are on the first of parallel calls only', async () => {
    await using fake = await strict()

    const parts = partsOf(await generate(fake, [question]))

    expect(parts.map((part) => part.functionCall?.['name'])).toEqual(['f', 'g'])
    expect(parts[0]?.thoughtSignature).toMatch(/^[A-Za-z0-9+/]{64}$/)
    expect(parts[1]).not.toHaveProperty('thoughtSignature')
  })

  it('come back as they are, whatever id the client gave the call', async () => {
    await using fake = await strict()

    const same = await loop(fake)
    const named = await loop(fake, (parts) =>
      parts.map((part, index) => ({
        ...part,
        functionCall: { ...part.functionCall, args: {}, id: `own-${index}` },
      })),
    )

    expect(same.status, same.body).toBe(200)
    expect(named.status, named.body).toBe(200)
  })

  it('come back in a content per chunk, as the official client keeps streams', async () => {
    await using fake = await strict()
    const parts = partsOf(await generate(fake, [question]))
    const responses = user(response(), { functionResponse: { name: 'g', response: {} } })
    const history = [question, model({ text: 'so' }), ...parts.map((part) => model(part))]

    const answer = await generate(fake, [...history, responses])

    expect(answer.status, answer.body).toBe(200)
  })

  it('come back in the URL-safe alphabet, as some clients spell bytes', async () => {
    await using fake = await strict()
    const safe = (text = ''): string => text.replaceAll('+', '-').replaceAll('/', '_')

    const answer = await loop(fake, (parts) =>
      parts.map((part) =>
        part.thoughtSignature ? { ...part, thoughtSignature: safe(part.thoughtSignature) } : part,
      ),
    )

    expect(answer.status, answer.body).toBe(200)
  })

  it.each([
    [
      'is missing',
      'missing its thought_signature',
      ([first, second]: readonly Part[]) => [{ functionCall: first?.functionCall }, second],
    ],
    [
      'was changed',
      'it was changed',
      ([first, second]: readonly Part[]) => [
        { ...first, thoughtSignature: flipped(first) },
        second,
      ],
    ],
    [
      'stands on the other call',
      'it belongs to another part',
      ([first, second]: readonly Part[]) => [
        { ...second, thoughtSignature: first?.thoughtSignature },
        { functionCall: first?.functionCall },
      ],
    ],
    [
      'stands on other arguments',
      'it belongs to another part',
      ([first, second]: readonly Part[]) => [{ ...first, ...call({ a: 1 }) }, second],
    ],
    [
      'is of another maker',
      'it was not made here',
      ([first, second]: readonly Part[]) => [{ ...first, thoughtSignature: 'Q0FJUw==' }, second],
    ],
  ])('are refused when the one of a call %s', async (_, message, back) => {
    await using fake = await strict()

    const answer = await loop(fake, back)

    expect(answer.json()).toMatchObject(refusal(message))
    expect(answer.json()).toMatchObject(refusal('thought_signature'))
  })

  it.each([
    'skip_thought_signature_validator',
    Buffer.from('skip_thought_signature_validator').toString('base64'),
    'context_engineering_is_the_way_to_go',
    Buffer.from('context_engineering_is_the_way_to_go').toString('base64url'),
  ])('may be replaced by the placeholder %s', async (thoughtSignature) => {
    await using fake = await strict()

    const answer = await loop(fake, ([first, second]) => [{ ...first, thoughtSignature }, second])

    expect(answer.status, answer.body).toBe(200)
  })

  it('may be missing once the user has spoken again, but not before', async () => {
    await using fake = await strict()
    const before = [hi, model(call()), user(response())]

    const past = await generate(fake, [...before, model({ text: 'x' }), hi])
    const now = await generate(fake, before)

    expect(past.status, past.body).toBe(200)
    expect(now.json()).toMatchObject(refusal('thought_signature'))
  })

  it('are needed in every step of the current turn', async () => {
    await using fake = await strict()
    const first = partsOf(await generate(fake, [user({ text: 'f' })]))
    const steps = [user({ text: 'f' }), model(...first), user(response())]

    const answer = await generate(fake, [...steps, model(call()), user(response())])

    expect(answer.json()).toMatchObject(refusal('missing its thought_signature'))
  })

  it('may be missing for models before Gemini 3, but may not be wrong', async () => {
    await using fake = await strict({ requiresSignatures: false })

    const missing = await generate(fake, [hi, model(call()), user(response())])
    const foreign = { ...call(), thoughtSignature: 'Q0FJUw==' }
    const wrong = await generate(fake, [hi, model(foreign), user(response())])

    expect(missing.status, missing.body).toBe(200)
    expect(wrong.json()).toMatchObject(refusal('it was not made here'))
  })
})

describe('signatures of text', () => {
  it('stand on the text, bound to what was said before it', async () => {
    await using fake = await strict()
    const [said] = partsOf(await generate(fake, [hi], {}))

    const same = await generate(fake, [hi, model(said), hi], {})
    const without = await generate(fake, [hi, model({ text: said?.text }), hi], {})
    const moved = await generate(fake, [hi, model({ text: 'Well. ' }, said), hi], {})
    const asked = await generate(fake, [user(said)], {})

    expect(said).toMatchObject({ text: 'You said: Hi', thoughtSignature: expect.any(String) })
    expect([same.status, without.status]).toEqual([200, 200])
    expect(moved.json()).toMatchObject(refusal('it belongs to another part'))
    expect(asked.json()).toMatchObject(refusal('it belongs to another part'))
  })

  it('end a stream on an empty part, which may not be merged with the text', async () => {
    await using fake = await strict()
    const url = `${fake.baseUrl}/models/fake-chat:streamGenerateContent?key=sk-fake`
    const stream = await httpCall(url, { body: { contents: [hi] } })
    const chunks = stream.json() as { candidates: { content: { parts: Part[] } }[] }[]
    const parts = chunks.flatMap((chunk) => chunk.candidates[0]?.content.parts ?? [])
    const text = parts.map((part) => part.text).join('')
    const signature = parts.at(-1)?.thoughtSignature

    const apart = await generate(fake, [hi, model(...parts), hi], {})
    const joined = await generate(fake, [hi, model({ text }, parts.at(-1)), hi], {})
    const chunked = await generate(fake, [hi, ...parts.map((part) => model(part)), hi], {})
    const merged = await generate(fake, [hi, model({ text, thoughtSignature: signature }), hi], {})

    expect(parts.at(-1)).toEqual({ text: '', thoughtSignature: expect.any(String) })
    expect([apart.status, joined.status, chunked.status]).toEqual([200, 200, 200])
    expect(merged.json()).toMatchObject(refusal('it belongs to another part'))
  })
})

describe('the scope of signatures', () => {
  it('is one fake, unless two share a secret', async () => {
    await using one = await strict()
    await using other = await strict()
    await using sharing = await strict({ secret })
    await using partner = await strict({ secret })
    const moved = async (from: GeminiFake, to: GeminiFake): Promise<HttpAnswer> => {
      const parts = partsOf(await generate(from, [user({ text: 'f' })]))
      return await generate(to, [user({ text: 'f' }), model(...parts), user(response())])
    }

    expect((await moved(one, other)).json()).toMatchObject(refusal('it was not made here'))
    expect((await moved(sharing, partner)).status).toBe(200)
    expect((await moved(one, one)).status).toBe(200)
  })

  it.each([
    ['provider', 200],
    ['key', 400],
  ] as const)('can be the %s', async (stateScope, status) => {
    await using fake = await strict({ stateScope, keys: { k1: 'ok', k2: 'ok' } })
    const asked = user({ text: 'f' })
    const parts = partsOf(await generate(fake, [asked], { key: 'k1', tools }))
    const history = [asked, model(...parts), user(response())]

    const same = await generate(fake, history, { key: 'k1', tools })
    const other = await generate(fake, history, { key: 'k2', tools })

    expect(same.status, same.body).toBe(200)
    expect(other.status, other.body).toBe(status)
  })
})

/** The signature of a part with one bit of its last byte changed. */
function flipped(part: Part | undefined): string {
  const bytes = Buffer.from(part?.thoughtSignature ?? '', 'base64')
  const last = bytes.length - 1
  bytes[last] = (bytes[last] ?? 0) ^ 1
  return bytes.toString('base64')
}
