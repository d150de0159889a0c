import {
  anthropicMessage,
  anthropicStream,
  chatCompletion,
  chatStream,
  eventStream,
  geminiChunks,
  geminiResponse,
  geminiSse,
  type JsonObject,
  reply,
  responsesDocument,
  responsesStream,
  type ScriptStep,
} from '@jackfield/testkit'
import type { DialectName } from '../../compatibility/client.ts'

/** What a provider says, in pieces that this says exactly. */
export interface Said {
  readonly text?: readonly string[]
  readonly call?: {
    readonly id: string
    readonly name: string
    /** JSON text. */
    readonly pieces: readonly string[]
  }
}

/** It in the words of one protocol. All frames of a stream go in few writes, so that thousands are quick. */
export function saying(provider: DialectName, said: Said, stream: boolean): readonly ScriptStep[] {
  const { whole, frames } = spellings[provider](said)
  if (!stream) return reply(200, whole())
  const bytes = Buffer.from(frames().join(''))
  const [head, end] = eventStream([]) as [ScriptStep, ScriptStep]
  return [head, { do: 'write', bytes, every: 60_013 }, end]
}

interface Spelling {
  readonly whole: () => unknown
  readonly frames: () => readonly string[]
}

const spellings: Readonly<Record<DialectName, (said: Said) => Spelling>> = {
  'openai-chat'({ text, call }) {
    const answer = {
      ...(text && { text }),
      ...(call && { toolCalls: [{ id: call.id, name: call.name, arguments: call.pieces }] }),
    }
    return { whole: () => chatCompletion(answer), frames: () => chatStream(answer) }
  },
  'openai-responses'({ text, call }) {
    const answer = {
      items: [
        ...(text ? [{ type: 'message', text } as const] : []),
        ...(call
          ? [
              {
                type: 'function_call',
                callId: call.id,
                name: call.name,
                arguments: call.pieces,
              } as const,
            ]
          : []),
      ],
    }
    return {
      whole: () => responsesDocument(answer, {}),
      frames: () => responsesStream(answer, {}),
    }
  },
  'anthropic-messages'({ text, call }) {
    const answer = {
      blocks: [
        ...(text ? [{ type: 'text', text } as const] : []),
        ...(call
          ? [{ type: 'tool_use', id: call.id, name: call.name, input: call.pieces } as const]
          : []),
      ],
    }
    return { whole: () => anthropicMessage(answer), frames: () => anthropicStream(answer) }
  },
  gemini({ text, call }) {
    const args = call && (JSON.parse(call.pieces.join('')) as JsonObject)
    const answer = {
      parts: [
        ...(text ? [{ text }] : []),
        ...(call && args ? [{ functionCall: { id: call.id, name: call.name, args } }] : []),
      ],
    }
    return {
      whole: () => geminiResponse(answer),
      frames: () => geminiSse(geminiChunks(answer)),
    }
  },
}
