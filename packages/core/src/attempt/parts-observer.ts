import type { Finish } from '../chat/finish-reason.ts'
import { isMeaningful } from '../chat/stream-part.ts'
import type { Usage } from '../chat/usage.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { FlowReport, Parts } from './answer-flow.ts'

/** Remembers what accounting needs of the parts that pass, and holds a backend to the grammar of a stream. */
export class PartsObserver {
  meaningful = false
  finished = false
  #usage: Usage | undefined
  #finish: Finish | undefined
  #id: string | undefined
  #deltas = 0

  /** Throws the error of an `error` part, and `upstream_invalid_response` for parts after the end. */
  see(parts: Parts): void {
    for (const part of parts) {
      if (this.finished) throw afterFinish()
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
        case 'error':
          throw part.error
        case 'text-delta':
        case 'reasoning-delta':
        case 'tool-call-delta':
          this.#deltas += 1
          break
        default:
      }
    }
  }

  report(): FlowReport {
    return {
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
}

function withoutType({ reason, raw, stopSequence }: Finish): Finish {
  return {
    reason,
    ...(raw === undefined ? {} : { raw }),
    ...(stopSequence === undefined ? {} : { stopSequence }),
  }
}

function afterFinish(): GatewayError {
  return new GatewayError(
    'upstream_invalid_response',
    'The backend went on after the end of its answer.',
  )
}
