import type { AnthropicAnswer } from '../../../src/fake/anthropic/anthropic-answer.ts'
import { wholeBlock } from '../../../src/fake/anthropic/anthropic-message.ts'
import { reasoningState } from '../../../src/fake/anthropic/reasoning-state.ts'

export type Body = Readonly<Record<string, unknown>>

/** With what the fakes of these tests sign. */
export const secret = 'a secret of the tests'

/** An answer in a tool loop, as the fake gave it. */
export const loopAnswer: AnthropicAnswer = reasoningState(secret).sign(
  {
    id: 'msg_loop',
    blocks: [
      { type: 'thinking', thinking: 'Two calls.' },
      { type: 'redacted_thinking', hidden: 'hm' },
      { type: 'text', text: 'Let me see.' },
      { type: 'tool_use', id: 'toolu_1', name: 'weather', input: '{"city":"X"}' },
      { type: 'tool_use', id: 'toolu_2', name: 'weather', input: '{}' },
    ],
  },
  'provider',
)

/** The same as it stands in a conversation. */
export const loopTurn = { role: 'assistant', content: loopAnswer.blocks.map(wholeBlock) }
export const [thinking = {}, redacted = {}, said = {}, firstCall = {}, secondCall = {}] =
  loopTurn.content

export const result = (id: unknown, more: Body = {}): Body => ({
  type: 'tool_result',
  tool_use_id: id,
  content: 'rain',
  ...more,
})

const text = (content: string, more: Body = {}): Body => ({ type: 'text', text: content, ...more })
const image = (source: Body): Body => ({ type: 'image', source })
const document = (source: Body, more: Body = {}): Body => ({ type: 'document', source, ...more })
const served = (id: string, type: string, content: unknown): readonly Body[] => [
  { type: 'server_tool_use', id, name: 'code_execution', input: {} },
  { type, tool_use_id: id, content },
]
const output = { stdout: 'x', stderr: '', return_code: 0, content: [] }

export const png = { type: 'base64', media_type: 'image/png', data: 'AAAA' }

const asked: Body = {
  role: 'user',
  content: [
    text('Hi', { cache_control: { type: 'ephemeral', ttl: '5m' } }),
    image(png),
    image({ type: 'url', url: 'https://example.com/a.png' }),
    { ...image({ type: 'file', file_id: 'f' }), transformations: { oversized_image: 'error' } },
    document({ type: 'base64', media_type: 'application/pdf', data: 'AAAA' }, { title: 't' }),
    document(
      { type: 'text', media_type: 'text/plain', data: 'x' },
      { citations: { enabled: true } },
    ),
    document({ type: 'url', url: 'https://example.com/a.pdf' }, { context: 'c' }),
    document({ type: 'file', file_id: 'f' }),
    document({ type: 'content', content: [text('x')] }),
    { type: 'search_result', source: 's', title: 't', content: [text('x')] },
    { type: 'container_upload', file_id: 'f' },
  ],
}

const answered: Body = {
  role: 'assistant',
  content: [
    ...served('srvtoolu_1', 'web_search_tool_result', [
      { type: 'web_search_result', url: 'https://a', title: 't', encrypted_content: 'x' },
    ]),
    ...served('srvtoolu_2', 'code_execution_tool_result', {
      type: 'code_execution_result',
      ...output,
    }),
    ...served('srvtoolu_3', 'bash_code_execution_tool_result', {
      type: 'bash_code_execution_tool_result_error',
      error_code: 'unavailable',
    }),
    ...served('srvtoolu_4', 'tool_search_tool_result', {
      type: 'tool_search_tool_search_result',
      tool_references: [{ type: 'tool_reference', tool_name: 'weather' }],
    }),
    ...served('srvtoolu_5', 'web_fetch_tool_result', {
      type: 'web_fetch_result',
      url: 'https://a',
    }),
    ...served('srvtoolu_6', 'text_editor_code_execution_tool_result', {
      type: 'text_editor_code_execution_create_result',
      is_file_update: false,
    }),
    ...served('srvtoolu_7', 'advisor_tool_result', {
      type: 'advisor_redacted_result',
      encrypted_content: 'x',
    }),
    ...served('srvtoolu_8', 'web_search_tool_result', {
      type: 'web_search_tool_result_error',
      error_code: 'max_uses_exceeded',
    }),
    { type: 'mcp_tool_use', id: 'mcptoolu_1', name: 'ask', server_name: 'wiki', input: {} },
    { type: 'mcp_tool_result', tool_use_id: 'mcptoolu_1', is_error: false, content: [text('x')] },
    { type: 'mcp_tool_listing', mcp_server_name: 'wiki', tools: [] },
    text('I found it.', {
      citations: [
        { type: 'char_location', cited_text: 'x', document_index: 0 },
        {
          type: 'web_search_result_location',
          cited_text: 'x',
          url: 'https://a',
          encrypted_index: 'x',
        },
      ],
    }),
    { type: 'fallback', from: { model: 'a' }, to: { model: 'b' }, trigger: {} },
    { type: 'compaction', content: null, encrypted_content: 'x' },
  ],
}

const changed: Body = {
  role: 'system',
  clear_at: 'never',
  output_config: { effort: 'low' },
  content: [
    text('Be brief.'),
    { type: 'tool_addition', tool: { type: 'tool_reference', name: 'weather' } },
  ],
}

export const results: Body = {
  role: 'user',
  content: [
    result('toolu_2', { is_error: true, cache_control: { type: 'ephemeral' } }),
    result('toolu_1', {
      content: [
        text('sun'),
        image(png),
        document({ type: 'file', file_id: 'f' }),
        { type: 'search_result', source: 's', title: 't', content: [text('x')] },
        { type: 'tool_reference', tool_name: 'weather' },
      ],
    }),
    text('And tomorrow?'),
  ],
}

export const weather: Body = { name: 'weather', input_schema: { type: 'object', properties: {} } }

/** Uses every field and every block that the fake knows, in a tool loop with thinking, so that hardly a rule is vacuous. */
export const good: Body = {
  model: 'fake-chat',
  max_tokens: 4096,
  messages: [asked, answered, changed, { role: 'user', content: 'Again' }, loopTurn, results],
  system: [text('Answer.', { cache_control: { type: 'ephemeral', ttl: '1h' } })],
  temperature: 1,
  stop_sequences: ['a b', 'END'],
  stream: true,
  tools: [
    {
      ...weather,
      type: 'custom',
      description: 'd',
      strict: true,
      defer_loading: false,
      eager_input_streaming: true,
      input_examples: [{}],
      allowed_callers: ['direct'],
    },
    { type: 'web_search_20250305', name: 'web_search', max_uses: null, allowed_domains: ['a.b'] },
    { type: 'code_execution_20260120', name: 'code_execution' },
    { type: 'bash_20250124', name: 'bash' },
    { type: 'text_editor_20250728', name: 'str_replace_based_edit_tool', max_characters: 9 },
    { type: 'memory_20250818', name: 'memory' },
    { type: 'tool_search_tool_regex', name: 'tool_search_tool_regex' },
    { type: 'computer_20250124', name: 'computer', display_width_px: 9, display_height_px: 9 },
    { type: 'browser_toolset_20260801' },
    { type: 'web_fetch_20250910', name: 'web_fetch', max_content_tokens: 9 },
    { type: 'advisor_20260301', name: 'advisor', model: 'm' },
    { type: 'mcp_toolset', mcp_server_name: 'wiki' },
  ],
  tool_choice: { type: 'auto', disable_parallel_tool_use: true },
  thinking: { type: 'enabled', budget_tokens: 1024, display: 'summarized' },
  output_config: {
    effort: 'high',
    format: { type: 'json_schema', schema: { type: 'object' } },
    task_budget: { type: 'tokens', total: 9, remaining: 0 },
  },
  output_format: { type: 'json_schema', schema: { type: 'object' } },
  metadata: { user_id: 'u' },
  service_tier: 'standard_only',
  cache_control: { type: 'ephemeral' },
  container: { id: 'c', skills: [{ type: 'anthropic', skill_id: 'pdf' }] },
  inference_geo: 'us',
  speed: 'fast',
  diagnostics: { previous_message_id: 'msg_0' },
  context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
  compaction: { type: 'summarize', instructions: 'i' },
  mcp_servers: [{ type: 'url', name: 'wiki', url: 'https://a', authorization_token: 't' }],
  fallbacks: [{ model: 'm', max_tokens: 5 }],
  fallback_credit_token: 't',
  thread: { type: 'continue', previous_message_id: 'msg_0' },
  billing_policy: 'b',
}

/** The least that is accepted. */
export const plain: Body = {
  model: 'fake-chat',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Hi' }],
}
