import { BenchFailure } from '../failure.ts'
import type { PreparedRequest } from '../workload/prepared-request.ts'
import type { AnswerCheck } from './answer-check.ts'
import type { Connection } from './connection.ts'

/** A request and what must come back. */
export interface CheckedRequest {
  readonly request: PreparedRequest
  /** A check for one answer. */
  readonly check: () => AnswerCheck
}

/** Told how a checked exchange goes on. */
export interface CheckedOutcome {
  /** After each read; `frames` counts the upstream's frames that the answer shows so far. */
  onProgress?(frames: number): void
  onDone(): void
  onFailure(error: BenchFailure): void
}

/** Sends a request and checks status and body; only an answer that is right to its end is `onDone`. */
export function sendChecked(
  connection: Connection,
  checked: CheckedRequest,
  outcome: CheckedOutcome,
): void {
  const body = checked.check()
  connection.send(checked.request, {
    onStatus: expectOk,
    onBody: (bytes) => {
      body.accept(bytes)
      outcome.onProgress?.(body.frames)
    },
    onEnd: () => {
      body.finish()
      outcome.onDone()
    },
    onFailure: outcome.onFailure,
  })
}

/** One checked exchange as a promise, for where its price does not matter. */
export function exchangeChecked(connection: Connection, checked: CheckedRequest): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  sendChecked(connection, checked, { onDone: resolve, onFailure: reject })
  return promise
}

/** One exchange whose body is returned instead of compared. */
export function exchangeForBody(connection: Connection, request: PreparedRequest): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const chunks: Buffer[] = []
  connection.send(request, {
    onStatus: expectOk,
    onBody: (bytes) => chunks.push(bytes),
    onEnd: () => resolve(Buffer.concat(chunks)),
    onFailure: reject,
  })
  return promise
}

function expectOk(status: number): void {
  if (status !== 200) throw new BenchFailure(`the target answered with status ${status}`)
}
