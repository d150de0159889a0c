import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import { checkTexts, isFilledText, isInteger, type Report } from '@jackfield/dialect-kit'
import { finishReasons } from './shape.ts'

/** Holds the choices of one index to the order of a legal stream. */
export interface ChoiceRules {
  readonly finished: boolean
  check(choice: JsonObject): void
}

const deltaTexts = ['content', 'refusal', 'reasoning_content', 'reasoning'] as const

/** Role first and once, calls by running index, then one empty delta with the finish reason. */
export class ChatChoiceRules implements ChoiceRules {
  readonly #report: Report
  #started = false
  #calls: string[] = []
  finished = false

  constructor(report: Report) {
    this.#report = report
  }

  check(choice: JsonObject): void {
    const { delta } = choice
    if (!isJsonObject(delta)) {
      this.#report('`delta` is not an object')
      return
    }
    if (this.finished) this.#report('a choice goes on after its finish reason')
    this.#checkRole(delta)
    checkTexts(delta, deltaTexts, this.#report)
    this.#checkCalls(delta['tool_calls'])
    checkLogprobs(choice, this.#report)
    this.#checkFinish(choice['finish_reason'], delta)
  }

  #checkRole(delta: JsonObject): void {
    const { role, content } = delta
    if (!this.#started && role !== 'assistant') this.#report('the first delta has no role')
    if (this.#started && role !== undefined) this.#report('the role comes twice')
    if (this.#started && content === null) this.#report('`content` is null behind the first delta')
    this.#started = true
  }

  #checkCalls(calls: JsonValue | undefined): void {
    if (calls === undefined) return
    if (!Array.isArray(calls) || calls.length === 0) {
      this.#report('`tool_calls` is not a list of deltas')
      return
    }
    for (const call of calls) {
      if (isJsonObject(call)) this.#checkCall(call)
      else this.#report('a tool call delta is not an object')
    }
  }

  #checkCall(call: JsonObject): void {
    const { index } = call
    if (!isInteger(index)) this.#report('a tool call delta has no `index`')
    else if (index === this.#calls.length) this.#checkFirst(call)
    else if (index > this.#calls.length || index < 0) this.#report('tool call indexes have a gap')
    else this.#checkLater(call, this.#calls[index] ?? '')
  }

  #checkFirst(call: JsonObject): void {
    const { id, type } = call
    const body = bodyOf(call, type)
    if (!isFilledText(id)) this.#report('the first delta of a tool call has no `id`')
    if (!isFilledText(body?.['name'])) this.#report('the first delta of a tool call has no name')
    this.#calls.push(type === 'custom' ? 'custom' : 'function')
    this.#checkArguments(body, String(type))
  }

  #checkLater(call: JsonObject, type: string): void {
    const body = bodyOf(call, type)
    const repeated = ['id', 'type'].some((name) => call[name] !== undefined)
    if (repeated || body?.['name'] !== undefined) {
      this.#report('a later delta of a tool call repeats its id, type or name')
    }
    this.#checkArguments(body, type)
  }

  #checkArguments(body: JsonObject | undefined, type: string): void {
    const text = type === 'custom' ? body?.['input'] : body?.['arguments']
    if (typeof text !== 'string') this.#report('a tool call delta has no argument text')
  }

  #checkFinish(reason: JsonValue | undefined, delta: JsonObject): void {
    if (reason === null) return
    if (!finishReasons.has(reason)) {
      this.#report('`finish_reason` is neither null nor a known word')
      return
    }
    if (Object.keys(delta).length > 0) this.#report('the finish reason comes with a filled delta')
    if (reason === 'stop' && this.#calls.length > 0)
      this.#report('calls are made, yet it says stop')
    if (reason === 'tool_calls' && this.#calls.length === 0) this.#report('no call was made')
    this.finished = true
  }
}

function bodyOf(call: JsonObject, type: JsonValue | undefined): JsonObject | undefined {
  const body = type === 'function' || type === 'custom' ? call[type] : undefined
  return isJsonObject(body) ? body : undefined
}

function checkLogprobs({ logprobs }: JsonObject, report: Report): void {
  if (logprobs !== undefined && logprobs !== null && !isJsonObject(logprobs)) {
    report('`logprobs` is neither an object nor null')
  }
}

/** Texts, then one with the finish reason. */
export class TextChoiceRules implements ChoiceRules {
  readonly #report: Report
  finished = false

  constructor(report: Report) {
    this.#report = report
  }

  check(choice: JsonObject): void {
    if (this.finished) this.#report('a choice goes on after its finish reason')
    if (typeof choice['text'] !== 'string') this.#report('`text` is no text')
    checkLogprobs(choice, this.#report)
    const reason = choice['finish_reason']
    if (reason === null) return
    if (!finishReasons.has(reason)) this.#report('`finish_reason` is neither null nor a known word')
    this.finished = true
  }
}
