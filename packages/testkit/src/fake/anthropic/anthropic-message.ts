import type { JsonObject } from '../strict/rule.ts'
import {
  type AnthropicAnswer,
  type AnthropicBlock,
  type AnthropicMessageStyle,
  anthropicUsage,
  callId,
  joined,
  messageEnd,
  messageHead,
  unsigned,
} from './anthropic-answer.ts'

/** An answer that is not streamed. Throws `SyntaxError` for a tool input that is no JSON. */
export function anthropicMessage(
  answer: AnthropicAnswer,
  style: AnthropicMessageStyle = {},
): Record<string, unknown> {
  return {
    ...messageHead(answer),
    content: answer.blocks.map(wholeBlock),
    ...messageEnd(answer, style),
    usage: anthropicUsage(answer.usage, style),
  }
}

/** A block as it stands in a message. */
export function wholeBlock(block: AnthropicBlock, position: number): JsonObject {
  switch (block.type) {
    case 'text':
      return {
        type: 'text',
        text: joined(block.text),
        ...(block.citations && { citations: block.citations }),
      }
    case 'thinking':
      return {
        type: 'thinking',
        thinking: joined(block.thinking),
        signature: block.signature ?? unsigned,
      }
    case 'redacted_thinking':
      return { type: 'redacted_thinking', data: block.data ?? unsigned }
    case 'whole':
      return block.block
    default: {
      const { type, name, members } = block
      const input: unknown = JSON.parse(joined(block.input) || '{}')
      return { type, id: callId(block, position), name, input, ...members }
    }
  }
}
