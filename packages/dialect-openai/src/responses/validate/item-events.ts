import type { JsonObject, JsonValue } from '@jackfield/core'
import { isInteger, type Report } from '@jackfield/dialect-kit'

/** What the events of one item may be, one after the other. */
export interface ItemRules {
  /** An event between the item's announcement and its end. `false`: such items have no such event. */
  event(type: string, event: JsonObject): boolean
  /** The item is done. */
  done(item: JsonObject): void
}

/** Watches one text that comes in pieces and is then told whole. */
export class TextTrack {
  readonly #report: Report
  readonly #name: string
  #text = ''
  told: string | undefined

  constructor(name: string, report: Report) {
    this.#name = name
    this.#report = report
  }

  delta(delta: JsonValue | undefined): void {
    if (this.told !== undefined) this.#report(`${this.#name} goes on behind its end`)
    if (typeof delta !== 'string') this.#report(`a delta of ${this.#name} is no text`)
    else this.#text += delta
  }

  done(text: JsonValue | undefined): void {
    if (this.told !== undefined) this.#report(`${this.#name} ends twice`)
    if (typeof text !== 'string') this.#report(`the whole of ${this.#name} is no text`)
    else if (text !== this.#text) this.#report(`${this.#name} is not what its deltas say`)
    this.told = String(text)
  }

  /** What the part or item says of it at the end. */
  check(text: JsonValue | undefined): void {
    if (this.told === undefined) this.#report(`${this.#name} was never told whole`)
    else if (text !== this.told) this.#report(`${this.#name} changed at its end`)
  }
}

/** Items whose arguments come in pieces: `function_call`, `custom_tool_call`. */
export class CallRules implements ItemRules {
  readonly #report: Report
  readonly #begun: JsonObject
  readonly #track: TextTrack
  readonly #events: string
  readonly #member: 'arguments' | 'input'

  constructor(begun: JsonObject, report: Report) {
    const isCustom = begun['type'] === 'custom_tool_call'
    this.#report = report
    this.#begun = begun
    this.#member = isCustom ? 'input' : 'arguments'
    this.#events = isCustom ? 'response.custom_tool_call_input' : 'response.function_call_arguments'
    this.#track = new TextTrack(`\`${this.#member}\``, report)
    if (begun[this.#member] !== '') report('a call is announced with its arguments')
  }

  event(type: string, event: JsonObject): boolean {
    if (type === `${this.#events}.delta`) this.#track.delta(event['delta'])
    else if (type === `${this.#events}.done`) this.#track.done(event[this.#member])
    else return false
    return true
  }

  done(item: JsonObject): void {
    this.#track.check(item[this.#member])
    for (const name of ['call_id', 'name']) {
      if (item[name] !== this.#begun[name]) this.#report(`\`${name}\` of a call changed`)
    }
  }
}

/** Phases of hosted tools, in the order in which they may come; every one may be left out (protocol reference 2.6). */
const phases: Readonly<Record<string, readonly string[]>> = {
  web_search_call: ['in_progress', 'searching', 'completed'],
  file_search_call: ['in_progress', 'searching', 'completed'],
  code_interpreter_call: ['in_progress', 'interpreting', 'completed'],
  image_generation_call: ['in_progress', 'generating', 'completed'],
  mcp_list_tools: ['in_progress', 'completed', 'failed'],
  mcp_call: ['in_progress', 'completed', 'failed'],
  compaction: ['compacting'],
}

/** Events of hosted tools besides their phases. */
const extras: Readonly<Record<string, readonly string[]>> = {
  code_interpreter_call: ['code_interpreter_call_code.delta', 'code_interpreter_call_code.done'],
  image_generation_call: ['image_generation_call.partial_image'],
  mcp_call: ['mcp_call_arguments.delta', 'mcp_call_arguments.done'],
  shell_call: ['added', 'delta', 'done'].map((word) => `shell_call_command.${word}`),
  shell_call_output: ['delta', 'done'].map((word) => `shell_call_output_content.${word}`),
  apply_patch_call: ['delta', 'done'].map((word) => `apply_patch_call_operation_diff.${word}`),
}

/** Items of tools that the provider runs, and all others. */
export class HostedRules implements ItemRules {
  readonly #report: Report
  readonly #type: string
  #phase = -1

  constructor(begun: JsonObject, report: Report) {
    this.#type = String(begun['type'])
    this.#report = report
  }

  event(type: string, event: JsonObject): boolean {
    const word = type.slice('response.'.length)
    if (extras[this.#type]?.includes(word) === true) {
      const isCommand = word.startsWith('shell_call_command')
      if (isCommand && !isInteger(event['command_index']))
        this.#report('`command_index` is no number')
      return true
    }
    const index = (phases[this.#type] ?? []).indexOf(word.slice(this.#type.length + 1))
    if (index === -1 || !word.startsWith(`${this.#type}.`)) return false
    if (index <= this.#phase) this.#report(`"${type}" comes too late`)
    this.#phase = Math.max(index, this.#phase)
    return true
  }

  done(item: JsonObject): void {
    if (item['type'] !== this.#type) this.#report('the `type` of an item changed')
  }
}
