/** Something that is due again and again until it says that it has finished. */
export interface Paced {
  readonly intervalMs: number
  /** Does one step; true when there is another. */
  step(): boolean
}

/** More than the longest interval that a script can name, in milliseconds. */
const slotCount = 16_384

/**
 * Thousands of slow streams on one timer: a wheel with a slot per millisecond. A stream that is late gets its next turn a full interval
 * later, never two at once, so that a busy upstream cannot put two frames into one read of the target.
 */
export class Pacer {
  readonly #slots: Paced[][] = Array.from({ length: slotCount }, () => [])
  readonly #now: () => number
  #cursor: number
  #active = 0
  #timer: NodeJS.Timeout | undefined

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
    this.#cursor = Math.floor(now())
  }

  add(paced: Paced): void {
    if (this.#active === 0) this.#cursor = Math.floor(this.#now())
    this.#active += 1
    this.#place(paced, Math.floor(this.#now()))
    this.#timer ??= setInterval(() => this.turn(), 1)
  }

  /** Does what is due. The timer calls it; tests call it with a clock of their own. */
  turn(): void {
    const now = Math.floor(this.#now())
    for (; this.#cursor <= now; this.#cursor += 1) this.#serveSlot(now)
    if (this.#active === 0) this.#stop()
  }

  #serveSlot(now: number): void {
    const index = this.#cursor % slotCount
    const due = this.#slots[index]
    if (due === undefined || due.length === 0) return
    this.#slots[index] = []
    for (const paced of due) {
      if (paced.step()) this.#place(paced, now)
      else this.#active -= 1
    }
  }

  #place(paced: Paced, now: number): void {
    const interval = Math.max(1, paced.intervalMs)
    // Not behind the cursor: that slot comes round only after the whole wheel.
    const due = Math.max(now, this.#cursor) + interval
    this.#slots[due % slotCount]?.push(paced)
  }

  #stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
