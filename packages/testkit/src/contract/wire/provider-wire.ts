import type { ChatAnswer } from '../../fake/openai/chat-answer.ts'
import type { RecordedRequest } from '../../fake/recorded-request.ts'
import type { FaultDialect } from '../../faults/fault.ts'
import type { Client } from './client.ts'

/** A deviation of a provider that a backend must live with. The answer under it says {@link oddAnswer}. */
export interface Oddity {
  readonly id: string
  /** What the provider does. */
  readonly title: string
  /** The frames of a stream with it; absent where it can only be met in a whole answer. */
  readonly frames?: readonly string[]
  /** A whole answer with it. */
  readonly body?: string
}

/** Another way to write the same stream. */
export interface Spelling {
  readonly id: string
  readonly title: string
  readonly bytes: Uint8Array
}

/** How providers of one protocol spell what checks are made of, and who their clients are. One file per protocol. */
export interface ProviderWire {
  readonly dialect: FaultDialect
  /** A client of the same protocol, whose calls may be forwarded. */
  readonly client: Client
  /** A client of another protocol. */
  readonly foreign: Client
  /** A client of OpenAI's legacy completions: whoever chats can serve it. */
  readonly completions: Client
  /** `content-type` of a stream. */
  readonly streamType: string
  /** Whether a request asks for a stream. */
  asksForStream(request: RecordedRequest): boolean
  /** A whole answer. */
  body(answer: ChatAnswer): string
  /** A stream of the same answer, usage told. */
  frames(answer: ChatAnswer): readonly string[]
  /** Frames with nothing meaningful, which come before the first piece of text. */
  readonly opening: string
  /** A frame with a piece of text. */
  delta(text: string): string
  /** The same frame, when the provider tells the usage so far with every piece; absent where the protocol tells it at the end only. */
  deltaWithUsage?(text: string, outputTokens: number): string
  /** Whether a stream tells at its start what the question took, and then leaves open what the answer does. */
  readonly tellsInputFirst?: boolean
  /** An error answer with a text of the provider. */
  errorBody(message: string): string
  /** An error inside a stream, framed. */
  errorEvent(message: string): string
  /** Calls of embeddings, where the protocol has them. */
  readonly embeddings?: {
    readonly client: Client
    readonly answer: string
    /** What the answer says that it took. */
    readonly inputTokens?: number
  }
  /** Calls that count tokens, where the protocol has them. The answer says {@link countedTokens}. */
  readonly counting?: { readonly client: Client; readonly answer: string }
  /** Calls that pass unread, where the protocol has them: the answer is bytes of any kind. */
  readonly opaque?: { readonly client: Client }
  readonly oddities: readonly Oddity[]
  /** Spellings of the stream of an answer. */
  spellings(answer: ChatAnswer): readonly Spelling[]
}

/** What the provider counts. */
export const countedTokens = 4

/** What the model says in answers with an oddity. */
export const oddAnswer: ChatAnswer = {
  text: ['It is ', 'a fine day.'],
  usage: { promptTokens: 7, completionTokens: 5 },
}
export const oddText = 'It is a fine day.'
