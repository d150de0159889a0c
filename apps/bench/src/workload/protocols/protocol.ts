import type { Conversation } from '../conversation.ts'

/** What a request says, in no protocol's words: the same for a request and its translation. */
export interface Essence {
  readonly system: string
  /** Of each thing that was said or done, in order: what it is, and its texts. */
  readonly steps: readonly (readonly string[])[]
  readonly tools: readonly (readonly unknown[])[]
}

/** A protocol in which the driver asks. */
export interface ClientProtocol {
  readonly name: 'chat' | 'anthropic' | 'responses'
  readonly path: string
  /** Header fields that the official SDK sends, besides those of every request; `key` is the client's. */
  fields(key: string): readonly string[]
  /** The document of a request but for its model. */
  document(conversation: Conversation, stream: boolean): object
  /** What a document says. Throws for one that is none of this protocol. */
  essence(document: unknown): Essence
  /** Text of a whole answer. */
  answerText(answer: unknown): unknown
  readonly stream: StreamForm
}

/** How an answer with one text is streamed. */
export interface StreamForm {
  /** Kinds of the events before the text, of its pieces, and of those behind it. */
  readonly before: readonly string[]
  readonly piece: string
  readonly behind: readonly string[]
  kindOf(event: unknown): string
  /** Text of a piece. */
  textOf(event: unknown): unknown
  /** Output tokens, where the event tells them. */
  outputTokens(event: unknown): unknown
}

/** A protocol that the fake upstream answers in. */
export interface UpstreamProtocol {
  readonly name: 'chat' | 'anthropic'
  /** The end of the path by which its requests are known. */
  readonly path: string
  essence(document: unknown): Essence
  /** A whole answer with this text. */
  answer(text: string): Buffer
  /**
   * One streamed answer: what comes before the text, `contents` numbered pieces of it, then three frames more. No two are equal, so that one
   * lost, doubled or exchanged frame changes the bytes.
   */
  frames(contents: number): readonly Buffer[]
}
