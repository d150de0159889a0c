import type { OpaqueState } from '@jackfield/core'
import { type BlockKind, StreamBlocks } from '@jackfield/dialect-kit'
import {
  type Detail,
  formOf,
  isReadable,
  isSameDetail,
  mergeDetail,
  stateOfDetails,
  textOf,
  withoutText,
} from './reasoning-details.ts'

/** The blocks of a streamed answer, and what `reasoning_details` says of the reasoning among them. */
export class StreamDetails {
  readonly blocks = new StreamBlocks({ endState: (kind) => this.#takeState(kind) })
  /** Entries of the open reasoning block, text aside. */
  #details: Detail[] = []

  /** One entry of a delta. Another readable entry is another block; the rest belongs to the open one. */
  add(detail: Detail): void {
    const { blocks } = this
    const form = formOf(detail)
    const known = blocks.open === 'reasoning' ? this.#details : []
    const index = known.findIndex((item) => isSameDetail(item, detail))
    const same = known[index]
    const isNew = isReadable(detail) && same === undefined && known.some(isReadable)
    if (isNew || blocks.open !== 'reasoning') blocks.startReasoning(form)
    if (same !== undefined && !isNew) this.#details[index] = mergeDetail(same, detail)
    else this.#details.push(withoutText(detail))
    if (isReadable(detail)) blocks.reasoning(textOf(detail), form)
  }

  #takeState(kind: BlockKind): readonly OpaqueState[] {
    if (kind !== 'reasoning') return []
    const details = this.#details
    this.#details = []
    return stateOfDetails(details)
  }
}
