import {
  type ChatAnswer,
  type ChatStyle,
  type CompleteAnswer,
  completeAnswer,
  wireCall,
  wireUsage,
} from './chat-answer.ts'

/** The body of a non-streamed answer (`chat.completion`). */
export function chatCompletion(answer: ChatAnswer, style: ChatStyle = {}): Record<string, unknown> {
  const complete = completeAnswer(answer, style)
  const { id, created, model } = complete.head
  return {
    id,
    object: 'chat.completion',
    created,
    model,
    choices: Array.from({ length: complete.choices }, (_, index) => ({
      index,
      message: messageOf(complete, style),
      logprobs: null,
      finish_reason: complete.finishReason,
    })),
    usage: wireUsage(complete.usage),
  }
}

function messageOf(answer: CompleteAnswer, style: ChatStyle): Record<string, unknown> {
  const { text, reasoning, refusal, toolCalls } = answer
  const reasoningField = style.reasoning === 'reasoning' ? 'reasoning' : 'reasoning_content'
  const silent = text.length === 0 && (toolCalls.length > 0 || refusal.length > 0)
  return {
    role: 'assistant',
    content: silent ? null : text.join(''),
    refusal: refusal.length > 0 ? refusal.join('') : null,
    ...(reasoning.length > 0 && { [reasoningField]: reasoning.join('') }),
    ...(toolCalls.length > 0 && {
      tool_calls: toolCalls.map(({ id, name, type, fragments }) => ({
        id,
        type,
        ...wireCall(type, { name, text: fragments.join('') }),
      })),
    }),
  }
}
