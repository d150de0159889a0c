import { calls, citations, finishReasons, reasoning, refusals, usage } from './answers.ts'
import { contentParts, roles } from './conversation.ts'
import { structuredOutput, structuredOutputOfOlder } from './output.ts'
import { cacheMarks, caller, limits, sampling, stop } from './parameters.ts'
import type { Topic } from './probe.ts'
import { budgets, effort, reasoningState } from './reasoning.ts'
import { toolResults } from './tool-results.ts'
import { parallelCalls, toolChoice, tools } from './tools.ts'

export { errorConcepts } from './errors.ts'

export const requestTopics: readonly Topic[] = [
  roles,
  contentParts,
  tools,
  toolChoice,
  parallelCalls,
  toolResults,
  structuredOutput,
  structuredOutputOfOlder,
  sampling,
  stop,
  limits,
  effort,
  budgets,
  reasoningState,
  cacheMarks,
  caller,
]

export const answerTopics: readonly Topic[] = [
  finishReasons,
  calls,
  usage,
  reasoning,
  citations,
  refusals,
]
