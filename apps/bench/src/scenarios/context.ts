import type { Children } from '../process/children.ts'
import type { Cores } from '../process/cores.ts'
import type { Profile } from '../profile.ts'
import type { Target, TargetKind } from '../targets/target.ts'
import type { UpstreamProcess } from '../upstream/start-upstream.ts'

/** A kind of target with the name of its column. The first is the yardstick. */
export interface Contender {
  readonly label: string
  readonly kind: TargetKind
}

/** A target that runs through all scenarios that share processes. */
export interface StandingTarget extends Target {
  readonly label: string
}

/** What every scenario works with. */
export interface BenchContext {
  readonly profile: Profile
  readonly children: Children
  readonly upstream: UpstreamProcess
  readonly contenders: readonly Contender[]
  readonly cores?: Cores
}

/** The targets in the order of this round: forwards in even rounds and backwards in odd ones, so that no one always comes first. */
export function inTurn<T>(targets: readonly T[], round: number): readonly T[] {
  return round % 2 === 0 ? targets : targets.toReversed()
}
