import type { AnthropicRuleId } from '../../../src/fake/anthropic/check-request.ts'
import type { AnthropicFakeOptions } from '../../../src/fake/anthropic-messages.ts'
import {
  type Body,
  firstCall,
  good,
  loopTurn,
  plain,
  png,
  redacted,
  result,
  results,
  said,
  secondCall,
  thinking,
  weather,
} from './good-request.ts'

/** A request with one thing wrong in it. */
export interface Mutant {
  readonly body: Body
  /** Headers beside the key; null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>
  /** Of a fake that is started for this mutant. */
  readonly options?: AnthropicFakeOptions
  /** What it breaks besides, which has to be off for the rule to be seen alone. */
  readonly off?: readonly AnthropicRuleId[]
}

const user: Body = { role: 'user', content: 'Hi' }
const bad = (members: Body, more: Omit<Mutant, 'body'> = {}): Mutant => ({
  body: { ...good, ...members },
  ...more,
})
const badPlain = (members: Body, more: Omit<Mutant, 'body'> = {}): Mutant => ({
  body: { ...plain, ...members },
  ...more,
})
const say = (...messages: readonly unknown[]): Mutant => badPlain({ messages })
/** A user message with this block. */
const ask = (...content: readonly unknown[]): Mutant => say({ role: 'user', content })
/** An assistant message with these blocks, and what follows. */
const tell = (content: readonly unknown[], ...rest: readonly unknown[]): Mutant =>
  badPlain({
    messages: [user, { role: 'assistant', content }, ...(rest.length > 0 ? rest : [user])],
    tools: [weather],
  })
/** The last turn of the good tool loop changed. */
const loop = (...content: readonly unknown[]): Mutant =>
  bad({ messages: [user, { role: 'assistant', content }, results] })
const answers = (...content: readonly unknown[]): Mutant =>
  bad({ messages: [user, loopTurn, { role: 'user', content }] })
const image = (source: unknown): Body => ({ type: 'image', source })
const text = { type: 'text', text: 'x' }
const mark = (ttl: string): Body => ({ cache_control: { type: 'ephemeral', ttl } })
const flip = (sealed: unknown): string =>
  `${String(sealed).startsWith('A') ? 'B' : 'A'}${String(sealed).slice(1)}`
const serverCall = (id: string): Body => ({
  type: 'server_tool_use',
  id,
  name: 'web_search',
  input: {},
})

/** Per rule: requests that only this rule refuses. */
export const mutants: Readonly<Record<string, readonly Mutant[]>> = {
  model: [
    bad({ model: 7 }, { off: ['known-model'] }),
    bad({ model: '' }, { off: ['known-model'] }),
    bad({ model: undefined }, { off: ['known-model'] }),
  ],
  'max-tokens': [
    bad({ max_tokens: undefined }),
    bad({ max_tokens: null }),
    badPlain({ max_tokens: -1 }),
  ],
  system: [
    bad({ system: 7 }),
    bad({ system: [image(png)] }),
    bad({ system: [{ ...text, name: 'x' }] }),
    bad({ system: { type: 'text', text: 'x' } }),
  ],
  temperature: [badPlain({ temperature: 1.1 }), badPlain({ temperature: '1' })],
  'top-p': [badPlain({ top_p: 1.5 })],
  'top-k': [badPlain({ top_k: 0.5 })],
  'temperature-or-top-p': [badPlain({ temperature: 0, top_p: 1 })],
  'stop-sequences': [bad({ stop_sequences: 'END' }), bad({ stop_sequences: [1] })],
  'stop-sequences-have-text': [
    bad({ stop_sequences: ['END', ' \n'] }),
    bad({ stop_sequences: [''] }),
  ],
  stream: [bad({ stream: 'true' })],
  'output-config': [
    bad({ output_config: { effort: 'minimal' } }, { off: ['model-effort'] }),
    bad({ output_config: { verbosity: 'low' } }),
    bad({ output_config: { format: { type: 'json_object' } } }),
    bad({ output_config: { format: { type: 'json_schema', name: 'n', schema: {} } } }),
    bad({ output_config: { task_budget: { type: 'tokens' } } }),
  ],
  'output-format': [bad({ output_format: { type: 'json_schema' } })],
  metadata: [bad({ metadata: { user_id: 7 } }), bad({ metadata: { user: 'u' } })],
  'service-tier': [bad({ service_tier: 'flex' })],
  'cache-control': [bad({ cache_control: { type: 'persistent' } }), bad({ cache_control: true })],
  container: [
    bad({ container: { skills: [{ type: 'own', skill_id: 's' }] } }),
    bad({ container: 7 }),
  ],
  'inference-geo': [bad({ inference_geo: 7 })],
  speed: [bad({ speed: 'slow' })],
  diagnostics: [bad({ diagnostics: { previous: 'x' } })],
  'context-management': [bad({ context_management: { edits: [{ type: 'forget' }] } })],
  compaction: [bad({ compaction: { type: 'cut' } })],
  'mcp-servers': [bad({ mcp_servers: [{ type: 'stdio', name: 'wiki', url: 'https://a' }] })],
  fallbacks: [bad({ fallbacks: 'none' }), bad({ fallbacks: [{}] })],
  'fallback-credit-token': [bad({ fallback_credit_token: 7 })],
  thread: [bad({ thread: { type: 'continue' } })],
  messages: [
    say(),
    badPlain({ messages: 'Hi' }),
    badPlain({ messages: undefined }),
    say(user, 'x'),
  ],
  'message-role': [say(user, { role: 'tool', content: 'x' }), say(user, { content: 'x' })],
  'message-members': [
    say({ ...user, name: 'n' }),
    say({ ...user, clear_at: 'never' }),
    say(user, { role: 'assistant', content: 'x', tool_calls: [] }, user),
    say(user, { role: 'system', content: 'x', clear_at: 'soon' }),
  ],
  'first-message-is-user': [
    say({ role: 'assistant', content: 'x' }, user),
    say({ role: 'system', content: 'x' }, user),
  ],
  'message-content': [
    say({ role: 'user' }),
    say({ role: 'user', content: null }),
    { ...ask('x'), off: ['content-blocks'] },
  ],
  'message-says-something': [
    say({ role: 'user', content: '' }),
    say({ role: 'user', content: [] }),
    say(user, { role: 'assistant', content: '' }, user),
  ],
  'content-blocks': [
    ask({ type: 'input_text', text: 'x' }),
    ask({ text: 'no type' }),
    ask({ type: 'text' }),
    ask({ ...text, annotations: [] }),
    ask(thinking),
    ask(image('https://a')),
    ask(image({ ...png, media_type: 'image/bmp' })),
    ask(image({ ...png, data: 'data:image/png;base64,AAAA' })),
    ask(image({ type: 'url', url: 'data:image/png;base64,AAAA' })),
    ask({ type: 'image_url', image_url: { url: 'https://a' } }),
    ask({ type: 'document', source: { type: 'base64', media_type: 'text/csv', data: 'AAAA' } }),
    ask({ type: 'document', source: png }),
    ask({ type: 'search_result', source: 's', title: 't', content: 'x' }),
    ask({ ...text, cache_control: { type: 'ephemeral', ttl: '2h' } }),
    tell([image(png)]),
    { ...tell([{ type: 'thinking', thought: 'x' }]), off: ['thinking-signature'] },
    tell([{ ...text, citations: [{ type: 'url_citation', url: 'https://a' }] }]),
    tell([{ ...serverCall('srvtoolu_1'), name: 'calculator' }]),
    tell([
      serverCall('srvtoolu_1'),
      { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: 'x' },
    ]),
    tell([{ ...firstCall, input: '{}' }], { role: 'user', content: [result('toolu_1')] }),
    tell([{ ...firstCall, name: '' }], { role: 'user', content: [result('toolu_1')] }),
    tell([{ ...firstCall, caller: { type: 'me' } }], {
      role: 'user',
      content: [result('toolu_1')],
    }),
    tell([firstCall], { role: 'user', content: [result('toolu_1', { content: [thinking] })] }),
    tell([firstCall], { role: 'user', content: [result('toolu_1', { name: 'weather' })] }),
    tell([firstCall], { role: 'user', content: [result('toolu_1', { is_error: 'no' })] }),
    say(user, { role: 'system', content: [image(png)] }),
  ],
  'text-is-not-empty': [
    ask({ type: 'text', text: '' }),
    ask({ type: 'text', text: ' \n' }),
    ask({ type: 'text', text: '', cache_control: { type: 'ephemeral' } }),
    tell([{ type: 'text', text: '' }]),
    bad({ system: [{ type: 'text', text: '' }] }),
    answers(result('toolu_1', { content: [{ type: 'text', text: '' }] }), result('toolu_2')),
  ],
  'tool-ids': [
    tell([{ ...firstCall, id: 'call:1' }], { role: 'user', content: [result('call:1')] }),
    tell([serverCall('toolu_1')]),
    tell([{ type: 'mcp_tool_use', id: 'x', name: 'n', server_name: 's', input: {} }]),
  ],
  'tool-ids-are-unique': [
    tell(
      [firstCall],
      { role: 'user', content: [result('toolu_1')] },
      { role: 'assistant', content: [firstCall] },
      { role: 'user', content: [result('toolu_1')] },
    ),
  ],
  'prefill-ends-in-text': [
    say(user, { role: 'assistant', content: 'So ' }),
    say(user, { role: 'assistant', content: [text, { type: 'text', text: 'So\n' }] }),
  ],
  'tool-calls-are-answered': [
    tell([firstCall]),
    tell([firstCall, secondCall], { role: 'user', content: [result('toolu_1')] }),
    tell([firstCall], { role: 'assistant', content: 'x' }),
    tell([said, firstCall], user, user),
  ],
  'tool-results-follow-their-call': [
    answers(result('toolu_1'), result('toolu_2'), result('toolu_3')),
    badPlain({
      messages: [{ role: 'user', content: [result('toolu_1')] }],
      tools: [weather],
    }),
    tell(
      [firstCall],
      { role: 'user', content: [result('toolu_1')] },
      { role: 'assistant', content: 'x' },
      { role: 'user', content: [result('toolu_1')] },
    ),
  ],
  'tool-results-answer-once': [answers(result('toolu_1'), result('toolu_2'), result('toolu_1'))],
  'tool-results-come-first': [
    answers(text, result('toolu_1'), result('toolu_2')),
    answers(result('toolu_1'), text, result('toolu_2')),
    tell([firstCall], user, { role: 'user', content: [result('toolu_1')] }),
  ],
  'server-results-follow-their-call': [
    tell([{ type: 'mcp_tool_result', tool_use_id: 'mcptoolu_1', content: 'x' }]),
    tell([
      { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
      serverCall('srvtoolu_1'),
    ]),
  ],
  tools: [
    bad({ tools: {} }, { off: ['tools-are-given-for-their-calls'] }),
    bad({ tools: [{ type: 'function', function: weather }] }),
    bad({ tools: [{ ...weather, name: 'a b' }] }),
    bad({ tools: [{ ...weather, name: 'x'.repeat(129) }] }),
    bad({ tools: [{ name: 'weather', parameters: {} }] }),
    bad({ tools: [{ ...weather, parameters: {} }] }),
    bad({ tools: [weather, { type: 'web_search_20250305', name: 'search' }] }),
    bad({ tools: [weather, { type: 'web_search_preview', name: 'web_search' }] }),
    bad({ tools: [weather, { type: 'code_execution_20260120', name: 'code_execution', x: 1 }] }),
    bad({ tools: [{ ...weather, allowed_callers: ['anyone'] }] }),
  ],
  'input-schema-is-an-object': [
    bad({ tools: [{ ...weather, input_schema: {} }] }),
    bad({ tools: [{ ...weather, input_schema: { type: 'array' } }] }),
  ],
  'tool-names-are-unique': [bad({ tools: [weather, weather] })],
  'tools-are-given-for-their-calls': [
    bad({ tools: undefined, tool_choice: undefined }),
    bad({ tools: [] }),
  ],
  'tool-choice': [
    bad({ tool_choice: 'auto' }),
    bad({ tool_choice: { type: 'required' } }),
    bad({ tool_choice: { type: 'none', disable_parallel_tool_use: true } }),
    badPlain({ tool_choice: { type: 'tool' }, tools: [weather] }),
  ],
  'tool-choice-needs-tools': [badPlain({ tool_choice: { type: 'auto' } })],
  'tool-choice-names-a-tool': [
    badPlain({ tool_choice: { type: 'tool', name: 'other' }, tools: [weather] }),
  ],
  thinking: [
    bad({ thinking: true }),
    bad({ thinking: { type: 'enabled' } }),
    bad({ thinking: { type: 'enabled', budget_tokens: 1023 } }),
    bad({ thinking: { type: 'adaptive', budget_tokens: 2000 } }),
    bad({ thinking: { type: 'auto' } }, { off: ['model-thinking'] }),
    bad({ thinking: { type: 'adaptive', display: 'all' } }),
  ],
  'thinking-temperature': [bad({ temperature: 0.5 })],
  'thinking-top-p': [bad({ temperature: undefined, top_p: 0.9 })],
  'thinking-top-k': [bad({ top_k: 5 })],
  'thinking-tool-choice': [
    bad({ tool_choice: { type: 'any' } }),
    bad({ tool_choice: { type: 'tool', name: 'weather' } }),
  ],
  'thinking-prefill': [
    bad({ messages: [user, { role: 'assistant', content: 'So' }], thinking: { type: 'adaptive' } }),
  ],
  'cache-breakpoints': [
    bad({ tools: [{ ...weather, ...mark('1h') }] }),
    badPlain({
      system: Array.from({ length: 5 }, () => ({ ...text, ...mark('5m') })),
    }),
  ],
  'cache-not-on-thinking': [
    loop({ ...thinking, ...mark('5m') }, redacted, said, firstCall, secondCall),
  ],
  'cache-longer-first': [
    badPlain({
      system: [
        { ...text, ...mark('5m') },
        { ...text, ...mark('1h') },
      ],
    }),
    badPlain({
      tools: [{ ...weather, ...mark('5m') }],
      cache_control: { type: 'ephemeral', ttl: '1h' },
    }),
  ],
  'beta-fields': [
    bad({}, { headers: { 'anthropic-beta': null } }),
    bad({}, { headers: { 'anthropic-beta': ' , ' } }),
  ],
  'sampling-fields': [
    bad({}, { headers: { 'anthropic-version': '2026-10-21' } }),
    badPlain({ top_k: 5 }, { headers: { 'anthropic-version': '2026-10-21' } }),
  ],
  'model-max-tokens': [bad({ max_tokens: 64_001 })],
  'model-effort': [
    bad({ output_config: { effort: 'xhigh' } }),
    bad({ output_config: { effort: 'max' } }),
  ],
  'model-thinking': [bad({ thinking: { type: 'between_tools' } })],
  'model-prefill': [
    badPlain(
      { messages: [user, { role: 'assistant', content: 'So' }] },
      { options: { prefill: 'refused' } },
    ),
  ],
  'thinking-budget': [bad({ max_tokens: 1024 })],
  'thinking-signature': [
    loop(
      { ...thinking, signature: flip(thinking['signature']) },
      redacted,
      said,
      firstCall,
      secondCall,
    ),
    loop({ ...thinking, signature: undefined }, redacted, said, firstCall, secondCall),
    loop({ ...thinking, thinking: 'Three calls.' }, redacted, said, firstCall, secondCall),
    tell([{ ...thinking, signature: '' }, said]),
    tell([{ ...thinking, signature: 'Zm9yZWlnbg==' }, said]),
    tell([{ ...thinking, signature: redacted['data'] }, said]),
  ].map((mutant) => ({ ...mutant, off: ['thinking-is-whole'] as const })),
  'redacted-thinking-data': [
    loop(thinking, { ...redacted, data: flip(redacted['data']) }, said, firstCall, secondCall),
    tell([{ ...redacted, data: undefined }, said]),
    tell([{ ...redacted, data: thinking['signature'] }, said]),
  ].map((mutant) => ({ ...mutant, off: ['thinking-is-whole'] as const })),
  'thinking-comes-first': [
    loop(said, thinking, redacted, firstCall, secondCall),
    { ...loop(said, firstCall, secondCall), off: ['thinking-is-whole'] },
    { ...loop(firstCall, secondCall), off: ['thinking-is-whole'] },
    {
      ...bad({
        messages: [
          user,
          { role: 'assistant', content: [{ ...firstCall, id: 'toolu_foreign' }] },
          { role: 'user', content: [result('toolu_foreign')] },
        ],
      }),
      options: { thinkingFirst: 'always' },
    },
  ],
  'thinking-is-whole': [
    loop(thinking, said, firstCall, secondCall),
    loop(redacted, thinking, said, firstCall, secondCall),
    loop(redacted, said, firstCall, secondCall),
  ],
}
