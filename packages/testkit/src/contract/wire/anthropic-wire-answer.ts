import type {
  AnthropicAnswer,
  AnthropicBlock,
  AnthropicUsage,
} from '../../fake/anthropic/anthropic-answer.ts'
import type { ChatAnswer, ChatUsage } from '../../fake/openai/chat-answer.ts'

const stopReasons: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
}

/** What the model of a check says, as Anthropic's models would. */
export function anthropicAnswerOf(answer: ChatAnswer): AnthropicAnswer {
  const { id, model, finishReason, usage } = answer
  return {
    ...(id === undefined ? {} : { id }),
    ...(model === undefined ? {} : { model }),
    blocks: blocksOf(answer),
    ...(finishReason === undefined
      ? {}
      : { stopReason: stopReasons[finishReason] ?? finishReason }),
    ...(usage === undefined ? {} : { usage: usageOf(usage) }),
  }
}

function blocksOf({ reasoning, text, toolCalls = [] }: ChatAnswer): readonly AnthropicBlock[] {
  return [
    ...(reasoning === undefined ? [] : [{ type: 'thinking', thinking: reasoning } as const]),
    ...(text === undefined ? [] : [{ type: 'text', text } as const]),
    ...toolCalls.map(
      ({ id, name, arguments: input }): AnthropicBlock => ({
        type: 'tool_use',
        ...(id === undefined ? {} : { id }),
        name,
        input,
      }),
    ),
  ]
}

/** Anthropic counts what came from its cache apart. */
function usageOf(usage: ChatUsage): AnthropicUsage {
  const { promptTokens, completionTokens, cachedTokens, reasoningTokens } = usage
  return {
    inputTokens: promptTokens - (cachedTokens ?? 0),
    outputTokens: completionTokens,
    ...(cachedTokens === undefined ? {} : { cacheReadTokens: cachedTokens }),
    ...(reasoningTokens === undefined ? {} : { thinkingTokens: reasoningTokens }),
  }
}
