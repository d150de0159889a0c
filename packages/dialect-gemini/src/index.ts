export { createGemini, gemini } from './gemini.ts'
export {
  type BudgetRange,
  googleModelFacts,
  type ModelFacts,
  type ThinkingLevel,
} from './model-facts.ts'
export type { GeminiOptions } from './options.ts'
export { geminiOperation } from './request/call-path.ts'
export { geminiErrorForm } from './request/head.ts'
