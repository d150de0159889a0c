import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type StreamValidator,
} from '@jackfield/core'
import { isFilledText, isInteger, type Report, StrictEventReader } from '@jackfield/dialect-kit'
import { ChatChoiceRules, type ChoiceRules, TextChoiceRules } from './choice-rules.ts'
import { checkError, checkUsage } from './shape.ts'

/** What differs between the validators of the two protocols that stream choices. */
export interface StreamForm {
  /** Value of `object`. */
  readonly object: string
  readonly choice: (report: Report) => ChoiceRules
}

export const chatStreamForm: StreamForm = {
  object: 'chat.completion.chunk',
  choice: (report) => new ChatChoiceRules(report),
}

export const textStreamForm: StreamForm = {
  object: 'text_completion',
  choice: (report) => new TextChoiceRules(report),
}

const sharedMembers = ['id', 'created', 'model'] as const

/**
 * Accepts exactly the streams that OpenAI sends: chunks of one answer with the same id, time and model; the choices' deltas; a
 * usage chunk if the first chunk announced one with `usage: null`; `[DONE]`. Or an `error` chunk as the last event of all.
 */
export class ChunkStreamValidator implements StreamValidator {
  readonly violations: string[] = []
  readonly #form: StreamForm
  readonly #reader: StrictEventReader
  readonly #choices = new Map<number, ChoiceRules>()
  #count = 0
  #first: JsonObject | undefined
  #usageSeen = false
  #ended: 'done' | 'failed' | undefined

  constructor(form: StreamForm) {
    this.#form = form
    this.#reader = new StrictEventReader({
      event: (data) => this.#event(data),
      violation: (text) => this.#report(text),
    })
  }

  push(chunk: Uint8Array): void {
    this.#reader.push(chunk)
  }

  end(): void {
    this.#reader.end()
    if (this.#ended === undefined) this.#report('the stream ends without `[DONE]`')
  }

  readonly #report: Report = (text) => {
    this.violations.push(`event ${this.#count}: ${text}`)
  }

  #event(data: string): void {
    this.#count += 1
    if (this.#ended !== undefined) {
      const last = this.#ended === 'done' ? '`[DONE]`' : 'an error'
      this.#report(`something follows ${last}`)
    } else if (data === '[DONE]') this.#done()
    else this.#chunk(this.#parse(data))
  }

  #parse(data: string): JsonValue | undefined {
    try {
      return JSON.parse(data)
    } catch {
      return undefined
    }
  }

  #chunk(chunk: JsonValue | undefined): void {
    if (!isJsonObject(chunk)) {
      this.#report('the data is not a JSON object')
      return
    }
    const { error } = chunk
    if (error !== undefined) {
      checkError(error, this.#report)
      this.#ended = 'failed'
      return
    }
    this.#checkShared(chunk)
    this.#checkUsage(chunk)
    this.#checkChoices(chunk)
  }

  #checkShared(chunk: JsonObject): void {
    if (chunk['object'] !== this.#form.object) {
      this.#report(`\`object\` is not "${this.#form.object}"`)
    }
    const first = this.#first
    if (first === undefined) {
      this.#first = chunk
      if (!isFilledText(chunk['id'])) this.#report('`id` is no text')
      if (!isInteger(chunk['created'])) this.#report('`created` is no time')
      if (!isFilledText(chunk['model'])) this.#report('`model` is no text')
      return
    }
    for (const name of sharedMembers) {
      if (chunk[name] !== first[name]) this.#report(`\`${name}\` is not that of the first chunk`)
    }
  }

  /** `usage` is on all chunks or on none: null on all but the last. */
  #checkUsage(chunk: JsonObject): void {
    const { usage } = chunk
    const announced = this.#first?.['usage'] !== undefined
    if (announced && usage === undefined) this.#report('`usage` is missing, though announced')
    if (!announced && usage !== undefined)
      this.#report('`usage` comes without having been asked for')
    if (usage === undefined || usage === null) return
    if (!isJsonObject(usage)) this.#report('`usage` is neither an object nor null')
    else checkUsage(usage, this.#report)
  }

  #checkChoices(chunk: JsonObject): void {
    const { choices } = chunk
    if (!Array.isArray(choices)) {
      this.#report('`choices` is not a list')
      return
    }
    if (isJsonObject(chunk['usage'])) this.#checkUsagePlace(choices)
    else if (choices.length === 0) this.#checkEmpty(chunk)
    else if (this.#usageSeen) this.#report('a choice follows the usage chunk')
    for (const choice of choices) this.#checkChoice(choice)
  }

  /** What the moderation of an answer says has a chunk of its own behind everything else. */
  #checkEmpty(chunk: JsonObject): void {
    const isModeration = isJsonObject(chunk['moderation']) && this.#allFinished
    if (!isModeration) this.#report('a chunk has neither a choice nor usage')
  }

  #checkUsagePlace(choices: readonly JsonValue[]): void {
    if (choices.length > 0) this.#report('usage comes together with a choice')
    if (this.#usageSeen) this.#report('usage comes twice')
    if (!this.#allFinished) this.#report('usage comes before the finish reason')
    this.#usageSeen = true
  }

  #checkChoice(choice: JsonValue): void {
    const index = isJsonObject(choice) ? choice['index'] : undefined
    if (!isJsonObject(choice) || !isInteger(index)) {
      this.#report('a choice has no `index`')
      return
    }
    const rules = this.#choices.get(index) ?? this.#form.choice(this.#report)
    this.#choices.set(index, rules)
    rules.check(choice)
  }

  get #allFinished(): boolean {
    const choices = [...this.#choices.values()]
    return choices.length > 0 && choices.every((choice) => choice.finished)
  }

  #done(): void {
    this.#ended = 'done'
    if (!this.#allFinished) this.#report('`[DONE]` comes before a finish reason')
  }
}
