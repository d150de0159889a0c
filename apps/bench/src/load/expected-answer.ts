import { BenchFailure } from '../failure.ts'
import type { ClientProtocol } from '../workload/protocols/protocol.ts'
import type { AnswerCheck } from './answer-check.ts'

/** A translated whole answer: a document of the client's protocol with exactly this text. */
export class ExpectedAnswer implements AnswerCheck {
  readonly frames = 0
  readonly #client: ClientProtocol
  readonly #text: string
  readonly #chunks: Buffer[] = []

  constructor(client: ClientProtocol, text: string) {
    this.#client = client
    this.#text = text
  }

  accept(bytes: Buffer): void {
    this.#chunks.push(bytes)
  }

  finish(): void {
    const body = Buffer.concat(this.#chunks).toString()
    if (this.#client.answerText(parse(body)) === this.#text) return
    throw new BenchFailure(
      `the answer differs: expected the text ${JSON.stringify(this.#text.slice(0, 100))}, got ${body.slice(0, 400)}`,
    )
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch (cause) {
    throw new BenchFailure(`the answer is not JSON: ${body.slice(0, 200)}`, { cause })
  }
}
