export { anthropicMessages, createAnthropicMessages } from './anthropic-messages.ts'
export { type ModelFacts, modelFacts } from './model-facts.ts'
export type { AnthropicMessagesOptions } from './options.ts'
