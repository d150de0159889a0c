/** A request body, or members of one. */
export type Body = Record<string, unknown>

const weather = { type: 'function', name: 'get_weather', parameters: { type: 'object' } }
const closedSchema = { type: 'object', additionalProperties: false, properties: {} }
const custom = { type: 'custom', name: 'c' }

const call = (type: string, call_id: string, rest: Body): Body => ({ type, call_id, ...rest })

const tools = [
  { ...weather, description: 'Weather', strict: false, defer_loading: true, async: false },
  { type: 'function', name: 'strict', parameters: closedSchema, strict: true, output_schema: {} },
  { ...custom, format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' } },
  {
    type: 'web_search',
    filters: { allowed_domains: ['a.b'] },
    external_web_access: true,
    search_content_types: ['text', 'image'],
  },
  {
    type: 'web_search_2025_08_26',
    search_context_size: 'low',
    user_location: { type: 'approximate', city: 'X' },
  },
  { type: 'web_search_preview', search_content_types: ['text'] },
  { type: 'web_search_preview_2025_03_11' },
  { type: 'file_search', vector_store_ids: ['vs_1'], max_num_results: 5 },
  { type: 'code_interpreter', container: { type: 'auto', memory_limit: '4g' } },
  { type: 'code_interpreter', container: 'cntr_1' },
  { type: 'image_generation', size: '1024x1024', partial_images: 1 },
  { type: 'computer' },
  { type: 'computer_use_preview', display_width: 1, display_height: 1, environment: 'browser' },
  { type: 'mcp', server_label: 's', server_url: 'https://a', require_approval: 'never' },
  { type: 'local_shell' },
  { type: 'shell', environment: { type: 'local' } },
  { type: 'apply_patch' },
  { type: 'tool_search', execution: 'client', parameters: { type: 'object' } },
  { type: 'namespace', name: 'n', description: 'd', tools: [weather, custom] },
  { type: 'programmatic_tool_calling' },
]

const messages = [
  { role: 'system', content: 'Answer in JSON.' },
  { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Be brief.' }] },
  {
    role: 'user',
    id: 'msg_mine',
    content: [
      { type: 'input_text', text: '', prompt_cache_breakpoint: { mode: 'explicit' } },
      { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'original' },
      { type: 'input_image', image_url: 'https://example.com/a.png' },
      { type: 'input_image', file_id: 'file-1', image_url: null },
      { type: 'input_file', file_id: 'file-1' },
      { type: 'input_file', file_url: 'https://example.com/a.pdf' },
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' },
    ],
  },
  {
    type: 'message',
    role: 'assistant',
    status: 'completed',
    phase: 'commentary',
    content: [
      { type: 'output_text', text: 'a', annotations: [], logprobs: [] },
      { type: 'refusal', refusal: 'no' },
    ],
  },
]

const image = { type: 'input_image', image_url: 'data:image/png;base64,AAAA' }
const shell = { stdout: 'a', stderr: '', outcome: { type: 'exit', exit_code: 1 } }
const screenshot = { type: 'computer_screenshot', image_url: 'data:image/png;base64,AAAA' }

const calls = [
  call('function_call', 'c1', { name: 'get_weather', arguments: '{}', id: 'fc_mine' }),
  call('function_call', 'c2', { name: 'f', arguments: '', namespace: 'n', status: 'completed' }),
  call('function_call_output', 'c2', { output: [{ type: 'input_text', text: 'rain' }, image] }),
  call('function_call_output', 'c1', { output: 'sun' }),
  { type: 'function_call_output', output: 'unsolicited', name: 'f' },
  call('function_call', 'c3', { name: 'f', arguments: '', async: true }),
  call('custom_tool_call', 'c4', { name: 'c', input: 'x', caller: { type: 'direct' } }),
  call('custom_tool_call_output', 'c4', { output: 'y' }),
  call('computer_call', 'c5', { id: 'cu_1', action: { type: 'wait' }, pending_safety_checks: [] }),
  call('computer_call_output', 'c5', { output: screenshot }),
  call('local_shell_call', 'c6', { action: { type: 'exec', command: ['ls'], env: {} } }),
  call('function_call_output', 'c6', { output: 'files' }),
  call('shell_call', 'c7', { action: { commands: ['ls'], timeout_ms: 1 } }),
  call('shell_call_output', 'c7', { output: [shell], max_output_length: 9 }),
  call('apply_patch_call', 'c8', { operation: { type: 'delete_file', path: 'a' } }),
  call('apply_patch_call_output', 'c8', { status: 'completed' }),
  call('tool_search_call', 'c9', { arguments: {}, execution: 'client' }),
  call('tool_search_output', 'c9', { tools: [weather], execution: 'client' }),
  { type: 'local_shell_call_output', id: 'lso_1', output: 'x' },
]

const traces = [
  { type: 'file_search_call', id: 'fs_1', queries: ['a'], results: null, status: 'completed' },
  { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search' } },
  { type: 'code_interpreter_call', id: 'ci_1', container_id: 'cntr_1', code: 'x', outputs: null },
  { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: 'AAAA' },
  { type: 'mcp_list_tools', id: 'mcpl_1', server_label: 's', tools: [], error: null },
  { type: 'mcp_call', id: 'mcp_1', server_label: 's', name: 'f', arguments: '{}', output: 'x' },
  { type: 'mcp_approval_request', id: 'mcpr_1', server_label: 's', name: 'f', arguments: '{}' },
  { type: 'mcp_approval_response', approval_request_id: 'mcpr_1', approve: true },
  { type: 'program', id: 'pg_1', call_id: 'p1', code: 'x', fingerprint: 'f' },
  { type: 'program_output', id: 'po_1', call_id: 'p1', result: 'x', status: 'completed' },
  { type: 'additional_tools', role: 'developer', tools: [weather] },
  { type: 'configuration_update', reasoning: { effort: 'low' } },
  {
    role: 'user',
    content: 'Again',
    internal_chat_message_metadata_passthrough: { content_item_kinds: ['user.text'] },
  },
]

/** Uses every field that the fake knows, and every item that needs no state, so that no rule is vacuous. */
export const goodRequest: Body = {
  model: 'fake-chat',
  input: [...messages, ...calls, ...traces],
  instructions: '',
  previous_response_id: null,
  conversation: { id: 'conv_1' },
  store: true,
  include: ['reasoning.encrypted_content', 'message.output_text.logprobs'],
  tools,
  tool_choice: { type: 'function', name: 'get_weather' },
  parallel_tool_calls: true,
  max_tool_calls: 3,
  text: { format: { type: 'json_object' }, verbosity: 'low' },
  reasoning: { effort: 'xhigh', summary: 'auto', context: 'all_turns', mode: 'pro' },
  max_output_tokens: 16,
  temperature: 2,
  top_p: 0,
  top_logprobs: 20,
  truncation: 'auto',
  stream: true,
  stream_options: { include_obfuscation: true },
  background: true,
  metadata: { a: '' },
  user: 'u',
  safety_identifier: 'abc',
  prompt_cache_key: 'k',
  prompt_cache_retention: '24h',
  prompt_cache_options: { mode: 'explicit', ttl: '12h', prewarm: true },
  service_tier: 'flex',
  moderation: { model: 'm', policy: { input: { mode: 'block' } } },
  image: { context_compression: 'auto' },
  access_programs: { cyber: 'standard' },
  prompt: { id: 'pmpt_1', version: '1', variables: { a: 'b' } },
  client_metadata: { a: 'b' },
  context_management: [{ type: 'compaction', compact_threshold: 1000 }],
}
