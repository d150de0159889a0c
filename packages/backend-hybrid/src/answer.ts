import {
  addUsage,
  GatewayError,
  type StreamPart,
  type Usage,
  type VirtualContext,
} from '@jackfield/core'
import { AnswerFilter } from './answer-filter.ts'
import type { ModelCall } from './call-model.ts'
import type { Reasoned } from './reason.ts'

export interface AnswerOptions {
  readonly call: ModelCall
  readonly context: VirtualContext
  /** To the first batch of the answer. `0`: no limit. */
  readonly timeoutMs: number
  readonly reasoned: Reasoned
  /** Whether the client has seen the thought: then it has seen the start of an answer too. */
  readonly isBegun: boolean
}

/** Lets the execution model answer. Throws as its call does, and `upstream_timeout` where nothing comes in time. */
export async function* answer(options: AnswerOptions): AsyncGenerator<readonly StreamPart[], void> {
  const { call, context, timeoutMs, reasoned, isBegun } = options
  const filter = reasoned.thought === '' ? undefined : new AnswerFilter()
  let isLate = false
  const expire = () => {
    isLate = true
    call.cancel()
  }
  const timer = timeoutMs === 0 ? undefined : context.clock.after(timeoutMs, expire)
  try {
    for await (const parts of call.parts()) {
      timer?.cancel()
      context.signal.throwIfAborted()
      const own = isBegun ? parts.filter(({ type }) => type !== 'start') : parts
      const seen = filter === undefined ? own : filter.filter(own)
      const counted = reasoned.spent === undefined ? seen : withSpent(seen, reasoned.spent)
      if (counted.length > 0) yield counted
    }
  } catch (error) {
    if (isLate) throw tooLate(timeoutMs)
    throw error
  } finally {
    timer?.cancel()
  }
}

/** Both models have been paid for. */
function withSpent(parts: readonly StreamPart[], spent: Usage): readonly StreamPart[] {
  return parts.map((part) =>
    part.type === 'usage' ? { ...part, usage: addUsage(spent, part.usage) } : part,
  )
}

function tooLate(ms: number): GatewayError {
  const time = ms % 1_000 === 0 ? `${ms / 1_000} s` : `${ms} ms`
  return new GatewayError(
    'upstream_timeout',
    `The execution model gave nothing within ${time} (execution_timeout).`,
  )
}
