import type { CallParameters, FailoverRoute } from '@jackfield/core'

/** What commands have set for a session. Absent members are not set. */
export interface SessionState {
  /** Name of the backend that later requests go to. */
  readonly backend?: string
  /** Selector of the model that later requests go to. */
  readonly model?: string
  /** Names of the backends that the session has chosen, in whatever way: without them its choice means something else. */
  readonly backends?: readonly string[]
  /** Selector of the next request only. */
  readonly oneOff?: string
  readonly parameters: CallParameters
  /** Failover routes that were made in the chat, by name. */
  readonly routes: Readonly<Record<string, FailoverRoute>>
  /** What stands before a command; absent: what the operator configured. */
  readonly prefix?: string
  /** Every prefix that the session has had besides the configured one: old messages still have it. */
  readonly prefixes: readonly string[]
}

export const emptyState: SessionState = { parameters: {}, routes: {}, prefixes: [] }

/** Prefixes that are remembered; the oldest is forgotten first. */
const maxPrefixes = 8

/** The state with another prefix, which is remembered. */
export function withPrefix(state: SessionState, prefix: string): SessionState {
  const others = state.prefixes.filter((known) => known !== prefix)
  return { ...state, prefix, prefixes: [...others, prefix].slice(-maxPrefixes) }
}

/** The state without some of its members. */
export function without(
  state: SessionState,
  ...names: readonly ('backend' | 'model' | 'oneOff' | 'prefix')[]
): SessionState {
  const entries = Object.entries(state).filter(([name]) => !names.some((gone) => gone === name))
  return { ...emptyState, ...Object.fromEntries(entries) }
}
