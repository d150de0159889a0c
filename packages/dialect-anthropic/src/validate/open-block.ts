import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import { isFilledText, parseJson, type Report } from '@jackfield/dialect-kit'
import { callTypes, checkBlock, checkCitation } from './check-block.ts'

/** Deltas that a block takes, by its type. */
function deltasOf(type: JsonValue | undefined): readonly string[] {
  if (type === 'text') return ['text_delta', 'citations_delta']
  if (type === 'thinking') return ['thinking_delta', 'signature_delta']
  if (callTypes.has(type)) return ['input_json_delta']
  return type === 'compaction' ? ['compaction_delta'] : []
}

/** Member of a delta that is a text. */
const texts: Readonly<Record<string, string>> = {
  text_delta: 'text',
  thinking_delta: 'thinking',
  signature_delta: 'signature',
  input_json_delta: 'partial_json',
}

/** Holds one block of a stream to its rules. */
export class OpenBlock {
  readonly type: JsonValue | undefined
  readonly #report: Report
  readonly #block: JsonObject | undefined
  #text = ''
  #signature = ''

  constructor(block: JsonValue | undefined, report: Report) {
    this.#report = report
    this.#block = checkBlock(block, report)
    this.type = this.#block?.['type']
    this.#checkStart(this.#block ?? {})
  }

  #checkStart(block: JsonObject): void {
    if (this.type === 'text' && block['text'] !== '') this.#report('a text block begins filled')
    if (this.type !== 'thinking') return
    if (block['thinking'] !== '') this.#report('a thinking block begins filled')
    const { signature = '' } = block
    if (signature !== '') this.#report('a thinking block begins with its signature')
  }

  delta(delta: JsonValue | undefined): void {
    const type = isJsonObject(delta) ? delta['type'] : undefined
    if (!isJsonObject(delta) || typeof type !== 'string') {
      this.#report('a delta has no `type`')
      return
    }
    if (!deltasOf(this.type).includes(type)) {
      this.#report(
        `a \`${type}\` does not belong into a block of the type \`${String(this.type)}\``,
      )
      return
    }
    if (this.#signature !== '') this.#report('something follows the signature of a block')
    if (type === 'citations_delta') checkCitation(delta['citation'], this.#report)
    this.#add(type, delta)
  }

  #add(type: string, delta: JsonObject): void {
    const name = texts[type]
    const text = name === undefined ? '' : delta[name]
    if (typeof text !== 'string') this.#report(`the \`${String(name)}\` of a delta is no text`)
    else if (type === 'signature_delta') this.#signature = text
    else this.#text += text
  }

  stop(): void {
    if (this.type === 'text' && this.#text === '') this.#report('a text block is empty')
    if (this.type === 'thinking' && !isFilledText(this.#signature)) {
      this.#report('a thinking block has no signature')
    }
    if (callTypes.has(this.type)) this.#checkInput()
  }

  #checkInput(): void {
    if (this.#text === '') return
    if (!isJsonObject(parseJson(this.#text))) {
      this.#report('the arguments of a call are not a JSON object')
    }
    const input = this.#block?.['input']
    if (isJsonObject(input) && Object.keys(input).length > 0) {
      this.#report('arguments come both at the start of a block and in deltas')
    }
  }
}
