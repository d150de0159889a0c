import type OpenAI from 'openai'
import type { ResponseStreamParams } from 'openai/lib/responses/ResponseStream'

type Params = OpenAI.Responses.ResponseCreateParamsNonStreaming

/** Asks for an answer, whole or as a stream that the library puts together. */
export async function create(
  client: OpenAI,
  params: Params,
  { stream }: { readonly stream: boolean },
): Promise<OpenAI.Responses.Response> {
  if (!stream) return client.responses.create(params)
  // The library's two types of one body differ in members that are absent.
  return client.responses.stream(params as unknown as ResponseStreamParams).finalResponse()
}

/** The id of the one call in an answer. Throws if there is none. */
export function callIdOf({ output }: OpenAI.Responses.Response): string {
  const call = output.find((item) => item.type === 'function_call')
  if (call === undefined) throw new Error('the answer calls no function')
  return call.call_id
}

/** What the library throws, or nothing. */
export function errorOf(promise: PromiseLike<unknown>): Promise<unknown> {
  return Promise.resolve(promise).then(
    () => undefined,
    (error: unknown) => error,
  )
}

/** What a user of the library sees of an error. */
export function told(error: unknown): Readonly<Record<string, unknown>> {
  const thrown = error as InstanceType<typeof OpenAI.APIError>
  const { status, code, param, message } = thrown
  return { status, code, param, message, name: thrown.constructor.name }
}
