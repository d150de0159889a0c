import type { OpaqueState, ReasoningPart } from '@jackfield/core'
import { isPacked, packStates, unpackStates } from '@jackfield/dialect-kit'
import { anthropicName } from '../names.ts'

/** Who wrote a block: a client may have been given the state of another protocol in it; a provider's is always its own. */
export type BlockSource = 'client' | 'provider'

/** The state in a `signature` or in the `data` of a redacted block. An empty one is none. */
export function statesIn(
  kind: 'signature' | 'redacted-thinking',
  data: unknown,
  source: BlockSource,
): readonly OpaqueState[] {
  if (typeof data !== 'string' || data === '') return []
  // What was packed and came back broken is nobody's.
  if (source === 'client' && isPacked(data)) return unpackStates(data) ?? []
  return [{ kind, data }]
}

/** The same as the `state` of a part. */
export function asState(states: readonly OpaqueState[]): Pick<ReasoningPart, 'state'> {
  return states.length === 0 ? {} : { state: states }
}

/** What of a part's state is this protocol's own, and what must travel packed. */
export interface SplitState {
  readonly signature: string | undefined
  readonly redacted: readonly string[]
  readonly foreign: readonly OpaqueState[]
}

/**
 * State that a provider of this dialect made, or that nobody labelled, apart from the rest. What looks packed is a gateway's behind
 * this one: it counts as foreign, so that it comes back from clients as it is.
 */
export function splitState(states: readonly OpaqueState[] | undefined): SplitState {
  let signature: string | undefined
  const redacted: string[] = []
  const foreign: OpaqueState[] = []
  for (const state of states ?? []) {
    const { kind, data } = state
    if (!isOurs(state) || typeof data !== 'string' || data === '') foreign.push(state)
    else if (kind === 'signature' && signature === undefined && !isPacked(data)) signature = data
    else if (kind === 'redacted-thinking' && !isPacked(data)) redacted.push(data)
    else foreign.push(state)
  }
  return { signature, redacted, foreign }
}

/** The state that a provider of this dialect takes back, whatever it looks like. */
export function ownState(states: readonly OpaqueState[] | undefined): Omit<SplitState, 'foreign'> {
  const texts = (kind: OpaqueState['kind']) =>
    (states ?? [])
      .filter((state) => state.kind === kind && isOurs(state))
      .map(({ data }) => data)
      .filter((data) => typeof data === 'string' && data !== '')
      .map(String)
  return { signature: texts('signature')[0], redacted: texts('redacted-thinking') }
}

function isOurs({ origin }: OpaqueState): boolean {
  return origin === undefined || origin.dialect === anthropicName
}

/** Foreign state, or none at all, as a signature: it marks reasoning that no provider of this dialect made. */
export function packed(states: readonly OpaqueState[]): string {
  return packStates(states)
}
