import { onTestFinished } from 'vitest'
import {
  type OpenAIResponsesFake,
  type OpenAIResponsesFakeOptions,
  startOpenAIResponsesFake,
} from '../../../src/fake/openai-responses.ts'
import { type HttpAnswer, httpCall } from '../../http-call.ts'

/** A JSON object of the wire. */
export type Json = Record<string, unknown>

/** A response object as far as tests look into it. */
export interface Answer extends Json {
  readonly id: string
  readonly status: string
  readonly output: readonly Json[]
}

/** A fake that is closed when the test is over. */
export async function fakeWith(options: OpenAIResponsesFakeOptions): Promise<OpenAIResponsesFake> {
  const fake = await startOpenAIResponsesFake(options)
  onTestFinished(() => fake.close())
  return fake
}

/** Calls an operation with the key. */
export function call(
  fake: OpenAIResponsesFake,
  [method, path]: readonly [method: string, path: string],
  { body, key = 'sk-fake' }: { readonly body?: unknown; readonly key?: string } = {},
): Promise<HttpAnswer> {
  const headers = { authorization: `Bearer ${key}` }
  return httpCall(`${fake.baseUrl}${path}`, {
    method,
    headers,
    ...(body !== undefined && { body }),
  })
}

/** `POST /responses` with a model that is known. */
export function create(fake: OpenAIResponsesFake, body: Json, key?: string): Promise<HttpAnswer> {
  const whole = { model: 'fake-chat', ...body }
  return call(fake, ['POST', '/responses'], { body: whole, ...(key !== undefined && { key }) })
}

/** The same, for requests that must succeed. */
export async function created(
  fake: OpenAIResponsesFake,
  body: Json,
  key?: string,
): Promise<Answer> {
  const answer = await create(fake, body, key)
  if (answer.status !== 200) throw new Error(answer.body)
  return answer.json() as Answer
}

/** A function tool. */
export const tool = (name: string, parameters: unknown = { type: 'object', properties: {} }) => ({
  type: 'function',
  name,
  parameters,
})

/** A request that reasons and calls `alpha`, with its state in the answer. */
export const thinkAndCall: Json = {
  input: [{ role: 'user', content: 'alpha' }],
  tools: [tool('alpha')],
  reasoning: { effort: 'low' },
  include: ['reasoning.encrypted_content'],
}

/** The output of the function call of an answer. */
export function outputFor(answer: Answer): Json {
  const made = answer.output.find(({ type }) => type === 'function_call')
  return { type: 'function_call_output', call_id: made?.['call_id'], output: 'sun' }
}

/** An item without its id. */
export function anonymous(item: Json | undefined): Json {
  const { id: _, ...rest } = item ?? {}
  return rest
}
