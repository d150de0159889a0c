import type { FaultCase } from '@jackfield/testkit'
import type { Observation } from '../observe.ts'
import { isSame, type Lane, type Row } from '../rows.ts'

/** The calls of OpenAI Chat that are forwarded: of them the page tells everything. */
export const mainLane: Lane = { client: 'openai-chat', provider: 'openai-chat', way: 'forward' }

/** What else is tried beside a fault. */
export type Situation = Pick<Row, 'other' | 'held'>

export const alone: Situation = { other: 'none', held: false }
export const withBackend: Situation = { other: 'backend', held: false }

/** Observations by what was tried. */
export class Results {
  readonly all: readonly Observation[]

  constructor(all: readonly Observation[]) {
    this.all = all
  }

  /** A unary and a streamed call, as far as the fault can happen to them. */
  of(fault: FaultCase, lane = mainLane, situation = alone): readonly Observation[] {
    return this.inLane(lane).filter(
      ({ row }) =>
        row.fault.id === fault.id && row.other === situation.other && row.held === situation.held,
    )
  }

  inLane(lane: Lane): readonly Observation[] {
    return this.all.filter(({ row }) => isSame(row.lane, lane))
  }
}
