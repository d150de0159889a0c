import { BenchFailure } from '../failure.ts'
import { pieceText } from '../workload/answer.ts'
import type { StreamForm } from '../workload/protocols/protocol.ts'
import type { AnswerCheck } from './answer-check.ts'

/**
 * A translated stream, wherever it is cut: exactly the events of its protocol in their order, each piece of the text in an event of its own
 * with exactly its text, and the number of output tokens. Ids and times, which a translation makes up, may be anything.
 */
export class ExpectedEvents implements AnswerCheck {
  readonly #form: StreamForm
  readonly #contents: number
  readonly #outputTokens: number
  #partial = ''
  #events = 0
  #toldTokens: unknown

  constructor(
    form: StreamForm,
    { contents, outputTokens }: { readonly contents: number; readonly outputTokens: number },
  ) {
    this.#form = form
    this.#contents = contents
    this.#outputTokens = outputTokens
  }

  /** The upstream's first frame shows with the first piece of the text; what is behind the text shows with its end. */
  get frames(): number {
    const pieces = this.#events - this.#form.before.length
    return pieces <= 0 ? 0 : Math.min(pieces, this.#contents) + 1
  }

  accept(bytes: Buffer): void {
    // All texts of the benchmark are ASCII, so that no character is cut.
    const frames = (this.#partial + bytes.toString('latin1')).split('\n\n')
    this.#partial = frames.pop() ?? ''
    for (const frame of frames) this.#read(frame)
  }

  finish(): void {
    if (this.#partial !== '') throw new BenchFailure('the answer ended inside of an event')
    const { before, behind } = this.#form
    const count = before.length + this.#contents + behind.length
    if (this.#events !== count) {
      throw new BenchFailure(`the answer ended after ${this.#events} of ${count} events`)
    }
    if (this.#toldTokens !== this.#outputTokens) {
      throw new BenchFailure(
        `the answer tells ${this.#toldTokens} output tokens, not ${this.#outputTokens}`,
      )
    }
  }

  #read(frame: string): void {
    const start = frame.startsWith('data: ') ? 0 : frame.indexOf('\ndata: ') + 1
    const data = frame.slice(start + 'data: '.length)
    const event: unknown = data === '[DONE]' ? data : parse(data)
    const { kindOf, textOf, piece, outputTokens } = this.#form
    const kind = kindOf(event)
    const expected = this.#expectedKind()
    if (kind !== expected) {
      throw new BenchFailure(`event ${this.#events + 1} is ${kind}, not ${expected}: ${frame}`)
    }
    if (kind === piece) this.#checkText(textOf(event), frame)
    this.#toldTokens = outputTokens(event) ?? this.#toldTokens
    this.#events += 1
  }

  #expectedKind(): string | undefined {
    const { before, piece, behind } = this.#form
    const index = this.#events - before.length
    if (index < 0) return before[this.#events]
    return index < this.#contents ? piece : behind[index - this.#contents]
  }

  #checkText(text: unknown, frame: string): void {
    const expected = pieceText(this.#events - this.#form.before.length)
    if (text !== expected) {
      throw new BenchFailure(`the answer differs: expected ${JSON.stringify(expected)} in ${frame}`)
    }
  }
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch (cause) {
    throw new BenchFailure(`an event is not JSON: ${data.slice(0, 200)}`, { cause })
  }
}
