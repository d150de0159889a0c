import type { MemberRules } from '@jackfield/dialect-kit'

const string = ['string'] as const
const number = ['number'] as const
const boolean = ['boolean'] as const
const object = ['object'] as const
const array = ['array'] as const

const commonRules: MemberRules = {
  model: string,
  stream: boolean,
  stream_options: object,
  temperature: number,
  top_p: number,
  n: number,
  stop: ['string', 'array'],
  presence_penalty: number,
  frequency_penalty: number,
  logit_bias: object,
  max_tokens: number,
  seed: number,
  user: string,
}

export const chatRules: MemberRules = {
  ...commonRules,
  messages: array,
  max_completion_tokens: number,
  tools: array,
  tool_choice: ['string', 'object'],
  functions: array,
  function_call: ['string', 'object'],
  parallel_tool_calls: boolean,
  response_format: object,
  reasoning_effort: string,
  verbosity: string,
  logprobs: ['boolean', 'number'],
  top_logprobs: number,
  metadata: object,
  store: boolean,
  modalities: array,
  prompt_cache_key: string,
  safety_identifier: string,
  service_tier: string,
}

export const completionsRules: MemberRules = {
  ...commonRules,
  prompt: ['string', 'array'],
  suffix: string,
  echo: boolean,
  best_of: number,
  logprobs: number,
}

export const embeddingsRules: MemberRules = {
  model: string,
  input: ['string', 'array'],
  dimensions: number,
  encoding_format: string,
  user: string,
}
