import type { Backend, BackendContext } from '@jackfield/core'
import type { Lane, ProviderLane } from './lanes.ts'
import type { FakeAddress, Subject } from './options.ts'
import type { Rig } from './rig/rig.ts'
import type { RigSetup } from './rig/start-rig.ts'

/** What a check works with. Whatever it was given is disposed when it is over. */
export interface Hands {
  readonly subject: Subject
  /** Sets up a gateway with the backend in front of a fake provider. */
  rig(setup?: RigSetup): Promise<Rig>
  /** Makes a backend as a gateway does, but by hand. Its provider is nowhere unless an address is given. */
  backend(context: BackendContext, address?: Partial<FakeAddress>): Promise<Backend>
}

/** One promise of the contract, with one reason to fail. */
export interface Check {
  /** `theme.what`, with `/lane` where it is checked on several lanes. Stable. */
  readonly id: string
  /** What the backend does, as a sentence without its subject. */
  readonly title: string
  /** Rejects when the promise is broken. */
  run(hands: Hands): Promise<void>
}

/** Checks about one thing, as far as they make sense for a subject. */
export type Theme = (subject: Subject) => readonly Check[]

/** A check that is made on several lanes. */
export interface LaneCheck<OneLane extends Lane = ProviderLane> {
  /** `theme.what`. */
  readonly id: string
  readonly title: string
  run(hands: Hands, lane: OneLane): Promise<void>
}

/** The same checks on several lanes, lane by lane. */
export function onLanes<OneLane extends Lane>(
  lanes: readonly OneLane[],
  ...checks: readonly LaneCheck<OneLane>[]
): readonly Check[] {
  return checks.flatMap((check) =>
    lanes.map((lane) => ({
      id: `${check.id}/${lane.id}`,
      title: check.title,
      run: (hands) => check.run(hands, lane),
    })),
  )
}

/** Checks that are only made when a condition holds. */
export function when(condition: boolean, ...checks: readonly Check[]): readonly Check[] {
  return condition ? checks : []
}
