export type { ReasoningField } from './chat/reasoning-fields.ts'
export { createOpenAIChat, openaiChat } from './openai-chat.ts'
export { openaiCompletions } from './openai-completions.ts'
export type { OpenAIChatOptions, ReasoningAsk, ReasoningOptions } from './options.ts'
