import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** A request that is only to be explained, on its way through the app. */
export interface DryRun {
  /** Headers that make a request this one. */
  readonly headers: Readonly<Record<string, string>>
  /** Whether the request came to where a call would have begun. */
  readonly hasArrived: boolean
}

const marker = 'x-jackfield-dry-run'

/**
 * The requests of an app that are only to be explained. Each carries a token that nobody else can know and that is good once, so that
 * no client can send such a request itself.
 */
export class DryRuns {
  readonly #open = new Map<string, { hasArrived: boolean }>()

  /** Runs a request as one that is explained. `send` sends it with the headers of the run. */
  async run<Answer>(
    send: (headers: DryRun['headers']) => Promise<Answer>,
  ): Promise<{ readonly answer: Answer; readonly hasArrived: boolean }> {
    const token = randomUUID()
    const state = { hasArrived: false }
    this.#open.set(token, state)
    try {
      const answer = await send({ [marker]: token })
      return { answer, hasArrived: state.hasArrived }
    } finally {
      this.#open.delete(token)
    }
  }

  /** Whether a request that has come to where a call begins is one of these. Takes its mark off. */
  takes(headers: IncomingHttpHeaders): boolean {
    const token = headers[marker]
    if (token === undefined) return false
    delete headers[marker]
    const state = this.#open.get(String(token))
    if (state === undefined || state.hasArrived) return false
    state.hasArrived = true
    return true
  }
}
