import {
  type ErrorCode,
  isGatewayError,
  type StreamPart,
  type Usage,
  type VirtualContext,
} from '@jackfield/core'
import type { ModelCall } from './call-model.ts'
import { Thought } from './thought.ts'

/** What came of the reasoning model. */
export interface Reasoned {
  /** Empty: it did not think, or failed. */
  readonly thought: string
  /** What it did is the whole answer: it called tools without thinking. */
  readonly acted: boolean
  /** What that cost, as far as it is known. */
  readonly spent?: Usage
}

export interface ReasonOptions {
  readonly call: ModelCall
  readonly context: VirtualContext
  /** `0`: no limit. */
  readonly timeoutMs: number
  /** Whether the client sees the thought. */
  readonly shows: boolean
}

/**
 * Lets the reasoning model think, and ends its call as soon as it has: yields what the client sees of that. Whatever happens to it,
 * what it thought until then counts. Throws only what the caller has to put right, and when the client has gone.
 */
export async function* reason(
  options: ReasonOptions,
): AsyncGenerator<readonly StreamPart[], Reasoned> {
  const { call, context, shows } = options
  const thought = new Thought()
  const listener: Listener = { thought, acts: false, isLate: false }
  try {
    yield* listen(listener, options)
  } catch (error) {
    if (listener.acts || context.signal.aborted || (await isMistake(error, call))) throw error
    const code = listener.isLate ? 'upstream_timeout' : codeOf(error)
    context.log.info({ callId: context.call.id, code }, 'the reasoning model failed')
  }
  if (listener.acts) return { thought: '', acted: true }
  const rest = thought.close()
  if (shows && rest.length > 0) yield rest
  const spent = await call.usage()
  return { thought: thought.text, acted: false, ...(spent === undefined ? {} : { spent }) }
}

interface Listener {
  readonly thought: Thought
  acts: boolean
  /** Its time was up. */
  isLate: boolean
}

function codeOf(error: unknown): ErrorCode {
  return isGatewayError(error) ? error.code : 'internal'
}

/** Reads the answer until it is known to be a thought, or to its end where it is what the client gets. */
async function* listen(
  listener: Listener,
  { call, context, timeoutMs, shows }: ReasonOptions,
): AsyncGenerator<readonly StreamPart[], void> {
  const expire = () => {
    listener.isLate = true
    call.cancel()
  }
  const timer = timeoutMs === 0 ? undefined : context.clock.after(timeoutMs, expire)
  try {
    for await (const batch of call.parts()) {
      context.signal.throwIfAborted()
      const { state, parts } = listener.acts
        ? { state: 'acts', parts: batch }
        : listener.thought.read(batch)
      listener.acts = state === 'acts'
      if (listener.acts) timer?.cancel()
      if (parts.length > 0 && (shows || listener.acts)) yield parts
      if (state === 'ended') return
    }
  } finally {
    timer?.cancel()
  }
}

const mistakes: ReadonlySet<ErrorCode> = new Set([
  'invalid_request',
  'model_not_found',
  'permission_denied',
])

/** Whether a selector names what does not exist or may not be used. Nobody has been asked then; what a provider says is none of these. */
async function isMistake(error: unknown, call: ModelCall): Promise<boolean> {
  if (!isGatewayError(error) || !mistakes.has(error.code)) return false
  return !(await call.reachedSomebody())
}
