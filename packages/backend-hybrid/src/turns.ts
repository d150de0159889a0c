import type { ChatRequest, Logger, StateStore } from '@jackfield/core'

/** Milliseconds after which a conversation that rests may be slow once more. */
const ttlMs = 24 * 3_600_000

/** Turns of conversations that are to do without reasoning because it took too long. Where the store fails, none are. */
export class SkippedTurns {
  readonly #store: StateStore
  readonly #log: Logger

  constructor(store: StateStore, log: Logger) {
    this.#store = store
    this.#log = log
  }

  /** Whether this turn is one of them; then it is one less. */
  async take(session: string): Promise<boolean> {
    const left = await this.#try(async (store) => {
      const count = Number((await store.get(keyOf(session))) ?? 0)
      return count > 0 ? await store.increment(keyOf(session), -1, { ttlMs }) : -1
    })
    return left !== undefined && left >= 0
  }

  /** Adds some. */
  async add(session: string, turns: number): Promise<void> {
    await this.#try((store) => store.increment(keyOf(session), turns, { ttlMs }))
  }

  /** The reasoning was fast. */
  async clear(session: string): Promise<void> {
    await this.#try((store) => store.delete(keyOf(session)))
  }

  async #try<Value>(work: (store: StateStore) => Promise<Value>): Promise<Value | undefined> {
    try {
      return await work(this.#store)
    } catch (error) {
      this.#log.warn({ err: error }, 'state store failed')
      return undefined
    }
  }
}

function keyOf(session: string): string {
  return `skip:${session}`
}

/** Which turn of a model comes next: the first one is 1. Read from the conversation, so that it holds after a restart too. */
export function turnOf({ messages }: Pick<ChatRequest, 'messages'>): number {
  return 1 + messages.filter(({ role }) => role === 'assistant').length
}

/** Whether no model has said anything yet. */
export function isOpening({ messages }: Pick<ChatRequest, 'messages'>): boolean {
  return messages.every(({ role }) => role !== 'assistant' && role !== 'tool')
}
