import { expect } from 'vitest'
import type { DialectName } from './client.ts'
import type { Cell, Feature } from './features.ts'

const hello = { turns: [{ user: 'Hello' }] } as const

/** What the libraries throw at their own providers for these statuses. */
const classes: Readonly<Record<DialectName, Readonly<Record<number, string>>>> = {
  'openai-chat': {
    400: 'BadRequestError',
    404: 'NotFoundError',
    429: 'RateLimitError',
    503: 'InternalServerError',
  },
  'openai-responses': {
    400: 'BadRequestError',
    404: 'NotFoundError',
    429: 'RateLimitError',
    503: 'InternalServerError',
  },
  'anthropic-messages': {
    400: 'BadRequestError',
    404: 'NotFoundError',
    429: 'RateLimitError',
    503: 'OverloadedError',
  },
  gemini: { 400: 'ApiError', 404: 'ApiError', 429: 'ApiError', 503: 'ApiError' },
}

/** Statuses with which a provider fails, and those that the client of the gateway sees. */
const failures = [
  [400, 400],
  [429, 429],
  [503, 503],
] as const

/** The error that a client library throws. */
async function thrown({ client, stream }: Cell, model?: string): Promise<Error> {
  const ask = model === undefined ? hello : { ...hello, model }
  const outcome = await client.ask(ask, { stream }).catch((error: unknown) => error)
  expect(outcome).toBeInstanceOf(Error)
  return outcome as Error
}

function statusOf(error: Error): unknown {
  return 'status' in error ? error.status : undefined
}

/** Overload has a status of its own in Anthropic's protocol. */
function expectedStatus(client: DialectName, status: number): number {
  return client === 'anthropic-messages' && status === 503 ? 529 : status
}

export const failureFeatures: readonly Feature[] = [
  {
    name: 'error classes',
    async run(cell) {
      const { client, provider } = cell
      for (const [status, seen] of failures) {
        provider.fail(status)
        const error = await thrown(cell)

        expect([status, client.errorClass(error)]).toEqual([status, classes[client.dialect][seen]])
        expect(statusOf(error)).toBe(expectedStatus(client.dialect, seen))
      }
      const error = await thrown(cell, 'nobody-has-this:model')
      expect(client.errorClass(error)).toBe(classes[client.dialect][404])
    },
  },
  {
    name: 'cancellation',
    async run(cell) {
      const { client, provider, stream } = cell
      const abort = new AbortController()
      provider.say({ text: ['one ', 'two ', 'three ', 'four ', 'five '] })
      const reached = provider.hang()
      const asking = client
        .ask({ ...hello, signal: abort.signal }, { stream })
        .catch((error: unknown) => error)
      const request = await reached
      abort.abort()

      expect(await asking).toBeInstanceOf(Error)
      await request.aborted
    },
  },
]
