import type { JsonObject } from '@jackfield/core'

/** Receives the events of an answer. */
export interface EventSink {
  event(type: string, members: JsonObject): void
  /** An event whose members are serialised but for one text: `middle` comes before it, `tail` behind it. */
  delta(prefix: string, middle: string, json: string, tail: string): void
}

/** For answers of which only the document is wanted. */
export const silentSink: EventSink = { event() {}, delta() {} }

/** What an event begins with, up to its number. */
export function eventPrefix(type: string): string {
  return `event: ${type}\ndata: {"type":"${type}","sequence_number":`
}

/** Writes the events of one stream, numbered without gaps; those up to the number `after` are left out. */
export class EventWriter implements EventSink {
  readonly #after: number
  #text = ''
  #sequence = 0

  constructor(after = -1) {
    this.#after = after
  }

  event(type: string, members: JsonObject): void {
    if (this.#sequence <= this.#after) {
      this.#sequence += 1
      return
    }
    const json = JSON.stringify(members)
    const comma = json.length > 2 ? ',' : ''
    this.#text += `${eventPrefix(type)}${this.#sequence}${comma}${json.slice(1)}\n\n`
    this.#sequence += 1
  }

  delta(prefix: string, middle: string, json: string, tail: string): void {
    if (this.#sequence > this.#after) this.#text += prefix + this.#sequence + middle + json + tail
    this.#sequence += 1
  }

  /** What was written since the last call. */
  take(): string {
    const text = this.#text
    this.#text = ''
    return text
  }
}
