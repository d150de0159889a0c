import { type Body, goodRequest } from './good-request.ts'

const say = (...items: readonly unknown[]): Body => ({ input: items, text: null })
const user = (...parts: readonly unknown[]): Body => say({ role: 'user', content: parts })
const item = (type: string, rest: Body): Body => say({ type, ...rest })
const tool = (type: string, rest: Body): Body => ({
  tools: [{ type, ...rest }],
  tool_choice: 'auto',
})
const strictTool = (parameters: unknown): Body =>
  tool('function', { name: 'f', strict: true, parameters })
const format = (rest: Body): Body => ({ text: { format: rest } })
const answered = (call: Body, output: Body = {}): Body =>
  say(
    { type: 'function_call', call_id: 'c1', name: 'f', arguments: '', ...call },
    { type: 'function_call_output', call_id: 'c1', output: 'x', ...output },
  )

/** Per rule that needs no memory: members that replace those of the good request, where the fault is said to be, and nothing else that is wrong. */
export const mutants: Readonly<Record<string, readonly (readonly [at: string, mutant: Body])[]>> = {
  model: [
    ['model', { model: 7 }],
    ['model', { model: '' }],
    ['model', { model: undefined, prompt: null }],
  ],
  input: [
    ['input', { input: undefined, prompt: null, conversation: null, text: null }],
    ['input', { input: 7, text: null }],
    ['input[0]', { input: ['Hi'], text: null }],
  ],
  instructions: [['instructions', { instructions: ['Hi'] }]],
  'previous-response-id': [
    ['previous_response_id', { previous_response_id: 7, conversation: null }],
  ],
  conversation: [['conversation.id', { conversation: { id: '' } }]],
  'previous-response-excludes-conversation': [
    ['previous_response_id', { previous_response_id: 'resp_1' }],
  ],
  store: [['store', { store: 'no' }]],
  include: [
    ['include[0]', { include: ['everything'] }],
    ['include', { include: 'reasoning.encrypted_content' }],
  ],
  text: [
    ['text.format.type', format({ type: 'xml' })],
    ['text.format.name', format({ type: 'json_schema', json_schema: { name: 'n', schema: {} } })],
    ['text.format.name', format({ type: 'json_schema', name: 'a b', schema: {} })],
    ['text.format.schema', format({ type: 'json_schema', name: 'n' })],
    ['text.format.json_schema', format({ type: 'text', json_schema: {} })],
    ['text.verbosity', { text: { verbosity: 'loud' } }],
    ['text.effort', { text: { effort: 'low' } }],
  ],
  'json-object-needs-the-word': [['input', { input: 'Hi', prompt: null }]],
  reasoning: [
    ['reasoning.effort', { reasoning: { effort: 'huge' } }],
    ['reasoning.summary', { reasoning: { summary: 'long' } }],
    ['reasoning.max_tokens', { reasoning: { max_tokens: 7 } }],
    ['reasoning', { reasoning: 'high' }],
  ],
  'max-output-tokens': [['max_output_tokens', { max_output_tokens: 15 }]],
  temperature: [
    ['temperature', { temperature: 2.1 }],
    ['temperature', { temperature: '1' }],
  ],
  'top-p': [['top_p', { top_p: -0.1 }]],
  'top-logprobs': [['top_logprobs', { top_logprobs: 21 }]],
  truncation: [['truncation', { truncation: true }]],
  stream: [['stream', { stream: 'true', stream_options: null }]],
  'stream-options': [
    ['stream_options.include_usage', { stream_options: { include_usage: true } }],
    ['stream_options.include_obfuscation', { stream_options: { include_obfuscation: 1 } }],
  ],
  'stream-options-need-stream': [['stream_options', { stream: false }]],
  background: [['background', { background: 'yes' }]],
  'background-needs-store': [
    ['background', { ...say({ role: 'user', content: 'Hi' }), store: false }],
  ],
  metadata: [
    ['metadata.a', { metadata: { a: 1 } }],
    ['metadata', { metadata: [] }],
  ],
  user: [['user', { user: 1 }]],
  'safety-identifier': [['safety_identifier', { safety_identifier: 'x'.repeat(65) }]],
  'client-metadata': [
    ['client_metadata', { client_metadata: 'x' }],
    ['client_metadata.a', { client_metadata: { a: 1 } }],
  ],
  'prompt-cache-key': [['prompt_cache_key', { prompt_cache_key: 1 }]],
  'prompt-cache-retention': [['prompt_cache_retention', { prompt_cache_retention: '1h' }]],
  'prompt-cache-options': [['prompt_cache_options.ttl', { prompt_cache_options: { ttl: '5m' } }]],
  'service-tier': [['service_tier', { service_tier: 'gold' }]],
  moderation: [['moderation.model', { moderation: { policy: {} } }]],
  image: [['image.context_compression', { image: { context_compression: 'no' } }]],
  'access-programs': [['access_programs.cyber', { access_programs: { cyber: 'all' } }]],
  prompt: [['prompt.id', { prompt: { version: '1' } }]],
  'context-management': [['context_management[0].type', { context_management: [{ type: 'x' }] }]],
  'item-type': [
    ['input[0].type', item('tool_result', { content: 'x' })],
    ['input[0].type', item('tool_search_call_output', { tools: [] })],
  ],
  'item-shape': [
    ['input[0].content', say({ role: 'user' })],
    ['input[0].role', say({ role: 'tool', content: 'x' })],
    ['input[0].tool_calls', say({ role: 'assistant', content: 'x', tool_calls: [] })],
    ['input[0].name', say({ role: 'user', content: 'x', name: 'Ann' })],
    ['input[0].status', say({ role: 'user', content: 'x', status: 'done' })],
    ['input[0].arguments', answered({ arguments: { a: 1 } })],
    ['input[0].name', answered({ name: undefined })],
    ['input[0].function', answered({ function: { name: 'f' } })],
    ['input[1].output', answered({}, { output: { a: 1 } })],
    ['input[0].summary', item('reasoning', { id: 'rs_1' })],
    ['input[0].summary[0].type', item('reasoning', { id: 'rs_1', summary: [{ type: 'text' }] })],
    ['input[0].id', item('reasoning', { summary: [] })],
    ['input[0].id', item('file_search_call', { queries: [] })],
    ['input[0].arguments', item('tool_search_call', { arguments: '{}' })],
    ['input[0].role', item('additional_tools', { role: 'user', tools: [] })],
  ],
  'content-parts': [
    ['input[0].content[0].type', user({ type: 'text', text: 'x' })],
    ['input[0].content[0].type', user({ type: 'output_text', text: 'x' })],
    ['input[0].content[0].type', user({ type: 'input_audio', input_audio: {} })],
    ['input[0].content[0].type', user({ text: 'no type' })],
    ['input[0].content[0].text', user({ type: 'input_text', text: 7 })],
    [
      'input[0].content[0].cache_control',
      user({ type: 'input_text', text: '', cache_control: {} }),
    ],
    [
      'input[0].content[0].type',
      say({ role: 'assistant', content: [{ type: 'input_text', text: 'x' }] }),
    ],
    [
      'input[0].content[0].detail',
      user({ type: 'input_image', image_url: 'https://a', detail: 'best' }),
    ],
    ['input[1].output[0].type', answered({}, { output: [{ type: 'output_text', text: 'x' }] })],
  ],
  'image-url': [
    [
      'input[0].content[0].image_url',
      user({ type: 'input_image', image_url: { url: 'https://a' } }),
    ],
    ['input[0].content[0].image_url', user({ type: 'input_image', image_url: 'ftp://a' })],
    [
      'input[0].content[1].image_url',
      user(
        { type: 'input_text', text: '' },
        { type: 'input_image', image_url: 'data:text/plain;base64,AAAA' },
      ),
    ],
  ],
  'image-source': [['input[0].content[0]', user({ type: 'input_image', detail: 'low' })]],
  'file-data': [
    [
      'input[0].content[0].file_data',
      user({ type: 'input_file', filename: 'a', file_data: 'AAAA' }),
    ],
    [
      'input[0].content[0].file_data',
      user({ type: 'input_file', filename: 'a', file_data: 'data:;base64,AAAA' }),
    ],
  ],
  'file-name': [
    [
      'input[0].content[0].filename',
      user({ type: 'input_file', file_data: 'data:application/pdf;base64,AAAA' }),
    ],
  ],
  'file-source': [['input[0].content[0]', user({ type: 'input_file', filename: 'a' })]],
  'phase-of-assistant': [
    ['input[0].phase', say({ role: 'user', content: 'x', phase: 'commentary' })],
  ],
  'call-id': [
    ['input[0].call_id', answered({ call_id: 'c'.repeat(65) }, { call_id: 'c'.repeat(65) })],
  ],
  'item-id': [
    ['input[0].id', answered({ id: 'call_1' })],
    ['input[0].id', say({ role: 'assistant', content: 'x', id: 'fc_1' })],
  ],
  'compaction-trigger-is-last': [
    ['input[0]', say({ type: 'compaction_trigger' }, { role: 'user', content: 'x' })],
  ],
  'later-tools': [
    [
      'input[0].tools[0].name',
      item('additional_tools', { role: 'developer', tools: [{ type: 'function', function: {} }] }),
    ],
  ],
  tools: [
    ['tools[0].name', tool('function', { function: { name: 'f', parameters: {} } })],
    ['tools[0].function', tool('function', { name: 'f', function: {} })],
    ['tools[0].name', tool('function', { name: 'a b' })],
    ['tools[0].parameters', tool('function', { name: 'f', parameters: 'x' })],
    ['tools[0].type', tool('web_search_20250305', { name: 'web_search' })],
    ['tools[0].type', { tools: [{ name: 'f', input_schema: {} }], tool_choice: 'auto' }],
    [
      'tools[0].format.syntax',
      tool('custom', { name: 'c', format: { type: 'grammar', grammar: { syntax: 'lark' } } }),
    ],
    ['tools[0].max_uses', tool('web_search', { max_uses: 3 })],
    ['tools[0].vector_store_ids', tool('file_search', {})],
    ['tools[0].container', tool('code_interpreter', {})],
    ['tools[0]', tool('mcp', { server_label: 's' })],
    ['tools[0].display_width', tool('computer_use_preview', { environment: 'browser' })],
    [
      'tools[0].tools[0].type',
      tool('namespace', { name: 'n', description: '', tools: [{ type: 'mcp' }] }),
    ],
  ],
  'strict-tool-schema': [
    ['tools[0].parameters', strictTool({ type: 'object', properties: {} })],
    [
      'tools[0].parameters',
      strictTool({ type: 'object', additionalProperties: false, properties: { a: {} } }),
    ],
  ],
  'tool-choice': [
    ['tool_choice.type', { tool_choice: { type: 'any' } }],
    ['tool_choice.name', { tool_choice: { type: 'function', function: { name: 'f' } } }],
    ['tool_choice.mode', { tool_choice: { type: 'allowed_tools', allowed_tools: {} } }],
  ],
  'parallel-tool-calls': [['parallel_tool_calls', { parallel_tool_calls: 1 }]],
  'max-tool-calls': [['max_tool_calls', { max_tool_calls: 0 }]],
}

/** Fields of OpenAI Chat, and one of another vendor. */
export const foreignFields: Body = {
  messages: [],
  max_tokens: 5,
  max_completion_tokens: 5,
  n: 1,
  stop: ['a'],
  seed: 1,
  response_format: { type: 'text' },
  presence_penalty: 0,
  frequency_penalty: 0,
  logit_bias: {},
  logprobs: true,
  functions: [],
  reasoning_effort: 'low',
  verbosity: 'low',
  modalities: ['text'],
  audio: {},
  prediction: {},
  web_search_options: {},
  top_k: 3,
}

/** The good request with other members. */
export function mutated(mutant: Body): Body {
  return { ...goodRequest, ...mutant }
}
