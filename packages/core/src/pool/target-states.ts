import { TargetState } from './target-state.ts'

/**
 * States of targets by `Target.id`, shared by all pools of a gateway: a key that two backends have is cooled for both,
 * and a target keeps its state over a reload. Forgotten once no pool has the target and no call uses it.
 */
export class TargetStates {
  readonly #states = new Map<string, TargetState>()

  get size(): number {
    return this.#states.size
  }

  find(id: string): TargetState | undefined {
    return this.#states.get(id)
  }

  /** The state of a target that a pool has from now on. One `drop` ends it. */
  hold(id: string): TargetState {
    const state = this.#states.get(id) ?? new TargetState()
    this.#states.set(id, state)
    state.holders += 1
    return state
  }

  drop(id: string): void {
    const state = this.#states.get(id)
    if (state === undefined) return
    state.holders -= 1
    this.forgetUnused(id, state)
  }

  /** To be called when a call has left a target. */
  forgetUnused(id: string, state: TargetState): void {
    if (state.holders > 0 || state.inFlight > 0) return
    if (this.#states.get(id) === state) this.#states.delete(id)
  }
}
