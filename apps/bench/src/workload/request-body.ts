import { fillConversation } from './conversation.ts'
import { chatClient } from './protocols/chat.ts'
import type { ClientProtocol } from './protocols/protocol.ts'

/** Where the `model` member stands in the document: first, as SDKs write it, or after the messages and tools. */
export type ModelPosition = 'head' | 'tail'

export interface RequestBodyOptions {
  /** Exact size of the document in bytes. */
  readonly bytes: number
  readonly model: string
  readonly stream: boolean
  readonly modelAt: ModelPosition
  /** The protocol that it is written in; chat completions when left out. */
  readonly client?: ClientProtocol
}

/**
 * A request such as a coding agent sends, of exactly the wanted size. The same options give the same bytes. Throws when the size is too
 * small for the members that are always there.
 */
export function requestBody(options: RequestBodyOptions): Buffer {
  const { model, stream, modelAt, client = chatClient } = options
  const write = (conversation: Parameters<ClientProtocol['document']>[0]) =>
    JSON.stringify({
      ...(modelAt === 'head' ? { model } : {}),
      ...client.document(conversation, stream),
      ...(modelAt === 'tail' ? { model } : {}),
    })
  const sizeOf = (conversation: Parameters<typeof write>[0]) =>
    Buffer.byteLength(write(conversation))
  const bare = { tools: [], turns: [], question: '' }
  const empty = sizeOf(bare)
  return Buffer.from(
    write(
      fillConversation(
        options.bytes,
        sizeOf,
        (turn) => sizeOf({ ...bare, turns: [turn] }) - empty + 1,
      ),
    ),
  )
}
