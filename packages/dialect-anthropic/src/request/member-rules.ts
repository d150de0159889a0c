import type { MemberRules } from '@jackfield/dialect-kit'

const string = ['string'] as const
const number = ['number'] as const
const object = ['object'] as const
const array = ['array'] as const

/** Kinds of the members of a request for a message, and of one for a count. */
export const messageRules: MemberRules = {
  model: string,
  messages: array,
  max_tokens: number,
  system: ['string', 'array'],
  stream: ['boolean'],
  temperature: number,
  top_p: number,
  top_k: number,
  stop_sequences: array,
  tools: array,
  tool_choice: object,
  thinking: object,
  output_config: object,
  output_format: object,
  metadata: object,
  service_tier: string,
  container: ['string', 'object'],
  mcp_servers: array,
  context_management: object,
}
