import type { Finish } from '../chat/finish-reason.ts'
import { isMeaningful, type StreamPart } from '../chat/stream-part.ts'
import type { Usage } from '../chat/usage.ts'
import type { FlowReport, Parts } from './answer-flow.ts'

/** Remembers what accounting needs of the parts that pass, and finds where an answer ends. */
export class PartsObserver {
  meaningful = false
  finished = false
  #usage: Usage | undefined
  #finish: Finish | undefined
  #id: string | undefined
  #deltas = 0

  /** Returns how many of the parts belong to the answer: all before an `error`, none after a `finish`. */
  see(parts: Parts): number {
    let count = 0
    for (const part of parts) {
      if (this.finished || part.type === 'error') return count
      this.#note(part)
      count += 1
    }
    return count
  }

  report(): FlowReport {
    return {
      complete: this.finished,
      usage:
        this.#usage !== undefined
          ? { source: 'provider', usage: this.#usage }
          : this.#deltas > 0
            ? { source: 'estimated', usage: { outputTokens: this.#deltas } }
            : { source: 'unknown' },
      ...(this.#finish === undefined ? {} : { finish: this.#finish }),
      ...(this.#id === undefined ? {} : { responseId: this.#id }),
    }
  }

  #note(part: StreamPart): void {
    this.meaningful ||= isMeaningful(part)
    switch (part.type) {
      case 'start':
        this.#id = part.id
        break
      case 'usage':
        this.#usage = part.usage
        break
      case 'finish':
        this.finished = true
        this.#finish = withoutType(part)
        break
      case 'text-delta':
      case 'reasoning-delta':
      case 'tool-call-delta':
        this.#deltas += 1
        break
      default:
    }
  }
}

function withoutType({ reason, raw, stopSequence }: Finish): Finish {
  return {
    reason,
    ...(raw === undefined ? {} : { raw }),
    ...(stopSequence === undefined ? {} : { stopSequence }),
  }
}
