import type { AnswerSink } from '../body.ts'
import type { CallHead } from '../call.ts'
import type { Dialect, StreamValidator } from '../dialect.ts'
import { isGeneration } from './generation.ts'

/** Bytes of an answer that is not a stream, beyond which it is not looked at. */
const maxBytes = 4 * 1024 * 1024

/** Violations of one answer that are told. */
const maxTold = 20

/** Whether the answers of a call can be held against the rules of its dialect. */
export function canWatch({ operation, framing }: CallHead): boolean {
  return isGeneration(operation) && framing !== 'opaque'
}

/**
 * A sink that holds what a client gets against the rules of its dialect. Nothing is changed or held back. `report` is called
 * once at the end, if there is something to tell; answers that broke, errors, and those whose client has left are not looked at.
 */
export function watchAnswer(
  sink: AnswerSink,
  options: {
    readonly dialect: Dialect
    readonly head: CallHead
    /** Aborted when the client has left. */
    readonly signal: AbortSignal
    readonly report: (violations: readonly string[]) => void
  },
): AnswerSink {
  const { dialect, head, signal, report } = options
  const reader =
    head.framing === 'json' ? new WholeReader(dialect) : dialect.streamValidator(head.framing)
  let isGood = false
  const see = (chunk: Uint8Array | undefined) => {
    if (isGood && chunk !== undefined && chunk.length > 0) reader.push(chunk)
  }
  return {
    start(status, headers) {
      isGood = status === 200
      sink.start(status, headers)
    },
    write(chunk) {
      see(chunk)
      return sink.write(chunk)
    },
    end(chunk) {
      see(chunk)
      sink.end(chunk)
      if (!isGood || signal.aborted) return
      reader.end()
      if (reader.violations.length > 0) report(reader.violations.slice(0, maxTold))
    },
    destroy: () => sink.destroy(),
    onDrain: (callback) => sink.onDrain(callback),
  }
}

/** Reads an answer in one piece. */
class WholeReader implements StreamValidator {
  readonly #dialect: Dialect
  readonly #chunks: Uint8Array[] = []
  #bytes = 0
  violations: readonly string[] = []

  constructor(dialect: Dialect) {
    this.#dialect = dialect
  }

  push(chunk: Uint8Array): void {
    this.#bytes += chunk.length
    if (this.#bytes <= maxBytes) this.#chunks.push(chunk)
    else this.#chunks.length = 0
  }

  end(): void {
    if (this.#bytes > maxBytes) return
    this.violations = this.#dialect.validateResponse(Buffer.concat(this.#chunks))
  }
}
