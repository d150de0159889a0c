/** Holds the body of an answer against what it must be, while it arrives. */
export interface AnswerCheck {
  /** Frames of the upstream whose content has arrived whole, as far as the answer shows. */
  readonly frames: number
  /** Throws `BenchFailure` at the first thing that is wrong. */
  accept(bytes: Buffer): void
  /** Throws `BenchFailure` when the body ended too early. */
  finish(): void
}
