import {
  type OpenAICompatibleOptions,
  openAICompatible,
} from '@jackfield/backend-openai-compatible'
import type { BackendPlugin } from '@jackfield/core'

/** Acme speaks OpenAI chat completions; it knows `max_tokens` only, and refuses `logit_bias`. */
const acme: BackendPlugin<OpenAICompatibleOptions> = openAICompatible({
  type: 'acme',
  base_url: 'https://api.acme.example/v1',
  parameters: { rename: { max_completion_tokens: 'max_tokens' }, drop: ['logit_bias'] },
})

export default acme
