import type { StreamPart } from '@jackfield/core'

type Block = Extract<StreamPart, { type: `${string}-start` | `${string}-delta` | `${string}-end` }>

/** Breaches of the rules that the core states for the parts of one answer. */
export function problemsOf(parts: readonly StreamPart[]): readonly string[] {
  const problems: string[] = []
  const blocks = new Blocks(problems)
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1
    if (part.type === 'start' && index > 0) problems.push('start is not first')
    if (isTerminal(part) !== isLast) problems.push(`${part.type} at ${index} of ${parts.length}`)
    if (isBlock(part)) blocks.see(part)
  }
  if (parts.at(-1)?.type === 'finish') blocks.end()
  return problems
}

const isTerminal = ({ type }: StreamPart) => type === 'finish' || type === 'error'

const isBlock = (part: StreamPart): part is Block => /-(start|delta|end)$/.test(part.type)

const kindOf = ({ type }: Block) => type.replace(/-(start|delta|end)$/, '')

class Blocks {
  readonly #problems: string[]
  readonly #open = new Map<string, string>()
  readonly #seen = new Set<string>()

  constructor(problems: string[]) {
    this.#problems = problems
  }

  see(part: Block): void {
    if (part.type.endsWith('-start')) this.#start(part)
    else if (this.#open.get(part.id) !== kindOf(part))
      this.#problems.push(`${part.type} of no block`)
    if (part.type.endsWith('-end')) this.#open.delete(part.id)
  }

  end(): void {
    if (this.#open.size > 0) this.#problems.push('blocks are open at the end')
  }

  #start(part: Block): void {
    const others = [...this.#open.values()].filter((kind) => kind !== 'tool-call')
    if (this.#seen.has(part.id)) this.#problems.push(`${part.id} starts twice`)
    if (kindOf(part) !== 'tool-call' && others.length > 0)
      this.#problems.push('two blocks are open')
    this.#seen.add(part.id)
    this.#open.set(part.id, kindOf(part))
  }
}
