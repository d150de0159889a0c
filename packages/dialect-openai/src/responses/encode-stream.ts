import type {
  EncodeContext,
  JsonValue,
  StreamEncoder,
  StreamPart,
  TextDelta,
  Usage,
} from '@jackfield/core'
import { responsesName } from '../names.ts'
import { AnswerWriter } from './answer-writer.ts'
import { EventWriter } from './event-writer.ts'
import { itemOfBlock } from './reasoning-block.ts'

const nothing = new Uint8Array(0)

/**
 * Parts of one answer to the complete set of events. `response.created` goes out with the first piece that clients can see, in the
 * same write. The finished document is handed over once, for whoever keeps answers.
 */
export class ResponsesStreamEncoder implements StreamEncoder {
  readonly #context: EncodeContext
  readonly #events = new EventWriter()
  readonly #answer: AnswerWriter
  #usage: Usage | undefined
  #over = false

  constructor(context: EncodeContext) {
    this.#context = context
    this.#answer = new AnswerWriter(context, this.#events)
  }

  push(parts: readonly StreamPart[]): Uint8Array {
    for (const part of parts) if (!this.#over) this.#encode(part)
    const text = this.#events.take()
    return text === '' ? nothing : Buffer.from(text)
  }

  #encode(part: StreamPart): void {
    const answer = this.#answer
    switch (part.type) {
      case 'text-delta':
        answer.text(part.text, logprobsOf(part))
        return
      case 'reasoning-delta':
        answer.think(part.text)
        return
      case 'tool-call-delta':
        answer.arguments(part.id, part.arguments)
        return
      case 'finish':
        this.#finish(part)
        return
      case 'error':
        this.#over = true
        answer.fail(part.error, this.#usage)
        return
      default:
        this.#encodeRare(part)
    }
  }

  #encodeRare(
    part: Exclude<
      StreamPart,
      { type: 'text-delta' | 'reasoning-delta' | 'tool-call-delta' | 'finish' | 'error' }
    >,
  ): void {
    const answer = this.#answer
    switch (part.type) {
      case 'start':
        answer.begin(part)
        return
      case 'text-start':
        answer.startText()
        return
      case 'reasoning-start':
        answer.startReasoning(part.form, itemOfBlock(part.id))
        return
      case 'reasoning-end':
        answer.endReasoning(part.state)
        return
      case 'tool-call-start':
        answer.startCall(part)
        return
      case 'tool-call-end':
        answer.endCall(part.id)
        answer.behindCall(part.state)
        return
      case 'text-end':
        answer.behindText(part.state)
        return
      case 'usage':
        this.#usage = part.usage
        return
      case 'refusal':
        answer.refusal(part.text)
        return
      case 'source':
        answer.cite(part.citation)
        return
      case 'file':
        answer.file(part.file)
        return
      case 'provider':
        answer.provider(part.part)
        return
      default:
        part satisfies never
    }
  }

  #finish(finish: Extract<StreamPart, { type: 'finish' }>): void {
    this.#over = true
    const document = this.#answer.finish(finish, this.#usage)
    this.#context.keep?.(document)
  }
}

function logprobsOf({ logprobs }: TextDelta): readonly JsonValue[] {
  if (logprobs?.dialect !== responsesName) return noLogprobs
  return Array.isArray(logprobs.value) ? logprobs.value : noLogprobs
}

const noLogprobs: readonly JsonValue[] = []
