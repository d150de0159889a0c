import { expect } from 'vitest'
import type { GeminiFake } from '../../../src/fake/gemini.ts'
import { type HttpAnswer, httpCall } from '../../http-call.ts'
import { type Body, user } from './good-request.ts'

/** The key that a fake knows by default. */
export const key = { 'x-goog-api-key': 'sk-fake' }

/** What {@link generate} asks. */
export const hello = user({ text: 'hello there' })

/** Posts to a path below the base URL. */
export function post(
  fake: GeminiFake,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpAnswer> {
  return httpCall(`${fake.baseUrl}${path}`, { body, headers: { ...key, ...headers } })
}

/** A generation, to {@link hello} unless `members` say otherwise. */
export function generate(fake: GeminiFake, members: Body = {}): Promise<HttpAnswer> {
  return post(fake, '/models/fake-chat:generateContent', { contents: [hello], ...members })
}

/** As much of an answer as the tests read. */
export interface Answer {
  readonly candidates: readonly {
    readonly content: { readonly parts: readonly Body[] }
    readonly finishReason?: string
  }[]
}

/** The first candidate of an answer. */
export const candidate = (answer: HttpAnswer): Answer['candidates'][number] | undefined =>
  (answer.json() as Answer).candidates[0]

/** Its parts. */
export const parts = (answer: HttpAnswer): readonly Body[] => candidate(answer)?.content.parts ?? []

/** A refusal that names the field. */
export const violation = (field: unknown): object => ({
  error: {
    code: 400,
    status: 'INVALID_ARGUMENT',
    message: expect.any(String),
    details: [{ fieldViolations: [{ field }] }],
  },
})
