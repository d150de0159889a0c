import type { GeminiAnswer, GeminiPart, GeminiUsage } from '../../fake/gemini/answer.ts'
import type { ChatAnswer, ChatUsage, Pieces } from '../../fake/openai/chat-answer.ts'

const finishReasons: Readonly<Record<string, string>> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  tool_calls: 'STOP',
  content_filter: 'SAFETY',
}

/** What the model of a check says, as Gemini's models would. */
export function geminiAnswerOf(answer: ChatAnswer): GeminiAnswer {
  const { id, model, finishReason, usage } = answer
  return {
    ...(id === undefined ? {} : { responseId: id }),
    ...(model === undefined ? {} : { modelVersion: model }),
    parts: partsOf(answer),
    ...(finishReason === undefined
      ? {}
      : { finishReason: finishReasons[finishReason] ?? finishReason }),
    ...(usage === undefined ? {} : { usage: usageOf(usage) }),
  }
}

function partsOf({ reasoning, text, toolCalls = [] }: ChatAnswer): readonly GeminiPart[] {
  return [
    ...(reasoning === undefined ? [] : [{ text: reasoning, thought: true }]),
    ...(text === undefined ? [] : [{ text }]),
    ...toolCalls.map(({ id, name, arguments: text }) => ({
      functionCall: {
        ...(id === undefined ? {} : { id }),
        name,
        args: JSON.parse(whole(text)) as Record<string, unknown>,
      },
    })),
  ]
}

function whole(pieces: Pieces): string {
  return typeof pieces === 'string' ? pieces : pieces.join('')
}

/** Gemini counts thoughts apart. */
function usageOf(usage: ChatUsage): GeminiUsage {
  const { promptTokens, completionTokens, cachedTokens, reasoningTokens } = usage
  return {
    promptTokens,
    candidateTokens: completionTokens - (reasoningTokens ?? 0),
    ...(cachedTokens === undefined ? {} : { cachedTokens }),
    ...(reasoningTokens === undefined ? {} : { thoughtTokens: reasoningTokens }),
  }
}
