import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import type { Report } from '@jackfield/dialect-kit'
import { type ItemRules, TextTrack } from './item-events.ts'
import { checkPart } from './item-shape.ts'

/** Where the parts of one kind stand, and what their events are called. */
interface PartForm {
  readonly added: string
  readonly partDone: string
  readonly index: 'content_index' | 'summary_index'
  /** Of each type of part: what its texts are called in events, and in its member. */
  readonly texts: Readonly<Record<string, { readonly event: string; readonly member: string }>>
}

const contentForm: PartForm = {
  added: 'response.content_part.added',
  partDone: 'response.content_part.done',
  index: 'content_index',
  texts: {
    output_text: { event: 'response.output_text', member: 'text' },
    refusal: { event: 'response.refusal', member: 'refusal' },
    reasoning_text: { event: 'response.reasoning_text', member: 'text' },
  },
}

const summaryForm: PartForm = {
  added: 'response.reasoning_summary_part.added',
  partDone: 'response.reasoning_summary_part.done',
  index: 'summary_index',
  texts: { summary_text: { event: 'response.reasoning_summary_text', member: 'text' } },
}

interface OpenPart {
  readonly type: string
  readonly track: TextTrack | undefined
  annotations: number
}

/** Parts of one kind, one after the other: announced empty, told in pieces, told whole, done. */
class PartList {
  readonly #form: PartForm
  readonly #report: Report
  #open: OpenPart | undefined
  #count = 0

  constructor(form: PartForm, report: Report) {
    this.#form = form
    this.#report = report
  }

  event(type: string, event: JsonObject): boolean {
    if (type === this.#form.added) this.#add(event)
    else if (type === this.#form.partDone) this.#finish(event)
    else if (type === 'response.output_text.annotation.added') this.#annotate(event)
    else return this.#text(type, event)
    return true
  }

  done(parts: JsonValue | undefined): void {
    if (this.#open !== undefined) this.#report('an item ends inside of a part')
    const told = Array.isArray(parts) ? parts.length : 0
    if (told !== this.#count) this.#report('an item has other parts than were told')
  }

  #add(event: JsonObject): void {
    const { part } = event
    if (this.#open !== undefined) this.#report('a part begins inside of another')
    if (event[this.#form.index] !== this.#count)
      this.#report(`\`${this.#form.index}\` is not the next`)
    checkPart(part, this.#report)
    const type = isJsonObject(part) ? String(part['type']) : ''
    const text = this.#form.texts[type]
    const isFilled = isJsonObject(part) && text !== undefined && part[text.member] !== ''
    if (isFilled) this.#report('a part is announced with its text')
    const track = text === undefined ? undefined : new TextTrack(`\`${type}\``, this.#report)
    this.#open = { type, track, annotations: 0 }
  }

  #text(type: string, event: JsonObject): boolean {
    const isDelta = type.endsWith('.delta')
    const base = type.slice(0, type.lastIndexOf('.'))
    const found = Object.entries(this.#form.texts).find(([, { event: name }]) => name === base)
    if (found === undefined || !(isDelta || type.endsWith('.done'))) return false
    const [partType, { member }] = found
    const open = this.#opened(event)
    if (open === undefined) return true
    if (open.type !== partType) this.#report(`"${type}" inside of a part of another type`)
    if (isDelta) open.track?.delta(event['delta'])
    else open.track?.done(event[member])
    return true
  }

  #annotate(event: JsonObject): void {
    const open = this.#opened(event)
    if (open === undefined) return
    if (event['annotation_index'] !== open.annotations) {
      this.#report('`annotation_index` is not the next')
    }
    open.annotations += 1
  }

  #finish(event: JsonObject): void {
    const open = this.#opened(event)
    if (open === undefined) return
    const { part } = event
    checkPart(part, this.#report)
    const member = this.#form.texts[open.type]?.member
    if (isJsonObject(part)) {
      if (part['type'] !== open.type) this.#report('the `type` of a part changed')
      if (member !== undefined) open.track?.check(part[member])
      const { annotations } = part
      if (Array.isArray(annotations) && annotations.length !== open.annotations) {
        this.#report('a part has other annotations than were told')
      }
    }
    this.#open = undefined
    this.#count += 1
  }

  #opened(event: JsonObject): OpenPart | undefined {
    const isHere = this.#open !== undefined && event[this.#form.index] === this.#count
    if (!isHere) this.#report('an event belongs to no open part')
    return isHere ? this.#open : undefined
  }
}

/** Messages and reasoning: what they say comes in parts. */
export class PartedRules implements ItemRules {
  readonly #content: PartList
  readonly #summary: PartList | undefined

  constructor(begun: JsonObject, report: Report) {
    this.#content = new PartList(contentForm, report)
    if (begun['type'] === 'reasoning') this.#summary = new PartList(summaryForm, report)
    const { content, summary } = begun
    if (isFilledList(content) || isFilledList(summary))
      report('an item is announced with its parts')
  }

  event(type: string, event: JsonObject): boolean {
    return (this.#summary?.event(type, event) ?? false) || this.#content.event(type, event)
  }

  done(item: JsonObject): void {
    this.#content.done(item['content'])
    this.#summary?.done(item['summary'])
  }
}

function isFilledList(value: JsonValue | undefined): boolean {
  return Array.isArray(value) && value.length > 0
}
