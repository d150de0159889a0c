import { BoundedMap } from '../../bounded-map.ts'
import type { CallFeatures, Candidate } from '../strategy.ts'

/** Models with a rotation of their own. */
const maxRotations = 1_000

/**
 * The state of a rotation: one for all models, or one for each where targets serve different models, so that two models
 * in turn do not always meet the same targets.
 */
export class Rotations<State> {
  readonly #states = new BoundedMap<string, State>(maxRotations)
  readonly #common: State
  readonly #create: () => State

  constructor(create: () => State) {
    this.#create = create
    this.#common = create()
  }

  of(candidates: readonly Candidate[], { model }: CallFeatures): State {
    if (candidates.every(({ target }) => target.serves === undefined)) return this.#common
    const state = this.#states.get(model) ?? this.#create()
    this.#states.set(model, state)
    return state
  }
}
