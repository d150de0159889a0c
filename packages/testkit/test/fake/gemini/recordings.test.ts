import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { GeminiRuleId } from '../../../src/fake/gemini/check-request.ts'
import { startGeminiFake } from '../../../src/fake/gemini.ts'
import { httpCall } from '../../http-call.ts'

interface Recording {
  readonly provider: 'google' | 'google-vertex'
  readonly stream: boolean
  readonly request: unknown
  readonly status: number
  readonly responseBody: string
}

const folder = new URL('../../fixtures/gemini/', import.meta.url)
const recordings = readdirSync(folder).map((name) => ({
  name,
  recording: JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Recording,
}))

/** What was accepted although a rule of the newest models would refuse it. */
const exceptions: Readonly<Record<string, GeminiRuleId>> = {
  // Gemini 2.0 does not think, so the call in the history has no signature.
  'google-stream-tools-15f976.json': 'thought-signature-required',
}

describe('requests that Google accepted', () => {
  it('are 36', () => {
    expect(recordings).toHaveLength(36)
    expect(recordings.every(({ recording }) => recording.status === 200)).toBe(true)
  })

  it.each(recordings)('are accepted by the fake: $name', async ({ name, recording }) => {
    const exception = exceptions[name]
    await using fake = await startGeminiFake({
      surface: recording.provider === 'google' ? 'gemini' : 'vertex',
      // Their signatures are Google's.
      withoutRules: ['thought-signature', ...(exception ? [exception] : [])],
    })
    const method = recording.stream ? 'streamGenerateContent?alt=sse&' : 'generateContent?'
    const url = `${fake.baseUrl}/models/fake-chat:${method}key=sk-fake`

    const answer = await httpCall(url, { body: recording.request })

    expect(answer.status, answer.body).toBe(200)
  })

  it.each(Object.entries(exceptions))('are refused without their exception: %s', async (name) => {
    const { request } = recordings.find((entry) => entry.name === name)?.recording ?? {}
    await using fake = await startGeminiFake({ withoutRules: ['thought-signature'] })
    const url = `${fake.baseUrl}/models/fake-chat:generateContent?key=sk-fake`

    expect((await httpCall(url, { body: request })).status).toBe(400)
  })
})

describe('what the fake answers', () => {
  // Thought text is documented (Gemini, 4.4), but none of these answers has any.
  it('has no field that was not recorded, thoughts aside', async () => {
    const recorded = new Set(
      recordings.flatMap(({ recording: { responseBody, stream } }) =>
        (stream ? responseBody.split(/^data: /m) : [responseBody])
          .filter((text) => text.trim() !== '')
          .flatMap((text) => [...fieldsOf(JSON.parse(text))]),
      ),
    )
    const answer = {
      parts: [
        { executableCode: { language: 'PYTHON', code: '1', id: 'e' } },
        { text: ['a', 'b'] },
        { functionCall: { name: 'f' } },
      ],
      usage: { promptTokens: 1, candidateTokens: 2, thoughtTokens: 3, toolUseTokens: 4 },
      groundingMetadata: {},
      urlContextMetadata: {},
      finishMessage: 'x',
    } as const
    await using fake = await startGeminiFake({ answer: () => answer })
    const url = `${fake.baseUrl}/models/fake-chat:streamGenerateContent?key=sk-fake`

    const chunks = (
      await httpCall(url, { body: { contents: [{ parts: [{ text: 'Hi' }] }] } })
    ).json()

    expect([...fieldsOf(chunks)].filter((field) => !recorded.has(field))).toEqual([])
    expect([...fieldsOf(chunks)]).toContain('candidates.content.parts.thoughtSignature')
  })
})

/** The places of all fields, list positions left out. */
function* fieldsOf(value: unknown, at = ''): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* fieldsOf(item, at)
  else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      const place = at === '' ? name : `${at}.${name}`
      yield place
      yield* fieldsOf(member, place)
    }
  }
}
