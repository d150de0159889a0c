import type { StreamPart } from '@jackfield/core'

type BlockKind = 'text' | 'reasoning' | 'tool-call'

/**
 * Holds parts to the grammar of an answer: `start` first; blocks with an identity of their own; a text or reasoning block closed
 * before another one opens; nothing behind `finish` or `error`.
 */
export class PartGrammar {
  readonly problems: string[] = []
  readonly #open = new Map<string, BlockKind>()
  readonly #used = new Set<string>()
  #count = 0
  #ended: 'finish' | 'error' | undefined

  push(parts: readonly StreamPart[]): void {
    for (const part of parts) this.#see(part)
  }

  #see(part: StreamPart): void {
    this.#count += 1
    if (this.#ended !== undefined) this.#report(`${part.type} comes behind ${this.#ended}`)
    if ((part.type === 'start') !== (this.#count === 1) && part.type !== 'error') {
      this.#report(part.type === 'start' ? 'start comes late or twice' : 'start is missing')
    }
    this.#seeBlock(part)
  }

  #seeBlock(part: StreamPart): void {
    switch (part.type) {
      case 'text-start':
      case 'reasoning-start':
      case 'tool-call-start':
        this.#start(part.id, kindOf(part.type))
        return
      case 'text-delta':
      case 'reasoning-delta':
      case 'tool-call-delta':
        this.#within(part.id, kindOf(part.type))
        return
      case 'text-end':
      case 'reasoning-end':
      case 'tool-call-end':
        this.#within(part.id, kindOf(part.type))
        this.#open.delete(part.id)
        return
      case 'finish':
        for (const [id, kind] of this.#open) this.#report(`the ${kind} block ${id} is never ended`)
        this.#ended ??= 'finish'
        return
      case 'error':
        this.#ended ??= 'error'
        return
      default:
    }
  }

  #start(id: string, kind: BlockKind): void {
    if (this.#used.has(id)) this.#report(`the id ${id} is used twice`)
    const other = [...this.#open].find(([, open]) => kind !== 'tool-call' && open !== 'tool-call')
    if (other !== undefined) this.#report(`a ${kind} block opens while ${other[1]} is open`)
    this.#used.add(id)
    this.#open.set(id, kind)
  }

  #within(id: string, kind: BlockKind): void {
    const open = this.#open.get(id)
    if (open !== kind) this.#report(`${kind} ${id} goes on though ${open ?? 'nothing'} is open`)
  }

  #report(text: string): void {
    this.problems.push(`part ${this.#count}: ${text}`)
  }
}

function kindOf(type: `${BlockKind}-${'start' | 'delta' | 'end'}`): BlockKind {
  if (type.startsWith('text')) return 'text'
  return type.startsWith('reasoning') ? 'reasoning' : 'tool-call'
}
