import type { Ask, Heard, SdkClient, Turn } from '../compatibility/client.ts'

/** In [0, 1), the same for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function pick<Item>(random: () => number, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new RangeError('nothing to pick from')
  return item
}

const tools = ['weather', 'clock'] as const

/** Longest conversation: what comes later repeats what came before. */
const maxTurns = 24

/** A conversation that goes on in tool loops, each step somewhere else. */
export class Conversation {
  readonly #client: SdkClient
  readonly #random: () => number
  /** To switch thinking on in the middle of a tool loop is a mistake at every provider. */
  readonly #reasons: boolean
  #turns: Turn[] = []

  constructor(client: SdkClient, random: () => number) {
    this.#client = client
    this.#random = random
    this.#reasons = random() < 0.85
  }

  /** One more step at a place. Throws what the client library throws. */
  async step(model: string): Promise<Heard> {
    const last = this.#turns.at(-1)
    if (last === undefined || this.#turns.length > maxTurns) this.#turns = [this.#question()]
    else if ('heard' in last) this.#turns.push(this.#reply(last.heard))
    const ask: Ask = {
      model,
      turns: this.#turns,
      tools,
      system: 'Use tools.',
      ...(this.#reasons && { reasons: true }),
    }
    const heard = await this.#client.ask(ask, { stream: this.#random() < 0.5 })
    this.#turns.push({ heard })
    return heard
  }

  #question(): Turn {
    const asked = tools.filter(() => this.#random() < 0.6)
    return { user: `What about ${asked.join(' and ') || 'it'}?` }
  }

  /** Results of calls; now and then with one more question behind them would break no protocol, but none asks so. */
  #reply({ calls }: Heard): Turn {
    if (calls.length === 0) return this.#question()
    return { results: calls.map(({ id, name }, index) => ({ id, name, text: `result ${index}` })) }
  }
}
