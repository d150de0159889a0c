import {
  type EncodeContext,
  type Finish,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type StartPart,
  type Usage,
} from '@jackfield/core'
import { madeId } from '@jackfield/dialect-kit'
import { chatName } from '../names.ts'
import { encodeFinish } from './finish-reason.ts'
import { encodeUsage } from './usage.ts'

/** What differs between the two protocols that stream choices. */
export interface ChunkForm {
  /** Value of `object`. */
  readonly object: string
  /** What the ids of its answers begin with. */
  readonly idPrefix: 'chatcmpl-' | 'cmpl-'
  /** Member of a choice that holds what is new. */
  readonly member: 'delta' | 'text'
  /** Its value where nothing is new. */
  readonly empty: string
}

export const chatChunks: ChunkForm = {
  object: 'chat.completion.chunk',
  idPrefix: 'chatcmpl-',
  member: 'delta',
  empty: '{}',
}

/** Behind the last chunk of a good stream. */
export const done = 'data: [DONE]\n\n'

/**
 * Writes the chunks of one stream. What all of them share is serialised once, so that a delta costs the serialisation of its
 * own text and nothing else.
 */
export class ChunkWriter {
  readonly #form: ChunkForm
  readonly #prefix: string
  readonly #suffix: string
  readonly #head: string
  readonly #tail: string

  constructor(form: ChunkForm, context: EncodeContext, start: StartPart | undefined) {
    const shared = {
      id: start?.id ?? madeId(form.idPrefix, context.id),
      object: form.object,
      created: start?.created ?? context.created,
      model: start?.model ?? context.model,
      ...plainMembers(start?.extensions?.[chatName] ?? {}),
    }
    this.#form = form
    this.#prefix = `data: ${JSON.stringify(shared).slice(0, -1)},"choices":[`
    this.#suffix = `]${context.includeUsage ? ',"usage":null' : ''}}\n\n`
    this.#head = `${this.#prefix}{"index":0,"${form.member}":`
    this.#tail = `,"logprobs":null,"finish_reason":null}${this.#suffix}`
  }

  /** A chunk with what is new, as JSON. */
  delta(json: string): string {
    return this.#head + json + this.#tail
  }

  /** The same with log probabilities. */
  likely(json: string, logprobs: JsonObject): string {
    const own = JSON.stringify(logprobs)
    return `${this.#head}${json},"logprobs":${own},"finish_reason":null}${this.#suffix}`
  }

  /** The chunk that says why the answer ended. */
  finish(finish: Finish): string {
    const reason = JSON.stringify(encodeFinish(finish))
    const choice = `${this.#form.empty},"logprobs":null,"finish_reason":${reason}}`
    return `${this.#head}${choice}${this.#suffix}`
  }

  usage(usage: Usage): string {
    return `${this.#prefix}],"usage":${JSON.stringify(encodeUsage(usage))}}\n\n`
  }
}

/** Members of the start that every chunk may repeat: texts and numbers. */
function plainMembers(own: JsonObject): JsonObject {
  const isPlain = (value: JsonValue) => !isJsonObject(value) && !Array.isArray(value)
  return Object.fromEntries(Object.entries(own).filter(([, value]) => isPlain(value)))
}
