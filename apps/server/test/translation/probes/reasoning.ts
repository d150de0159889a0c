import type { Concept, Topic } from './probe.ts'

const thinking = (members: Record<string, string | number | boolean>) => ({
  generationConfig: { thinkingConfig: members },
})

const level = (effort: string, geminiLevel?: string): Concept => ({
  title: `Effort ${effort}`,
  said: {
    chat: { reasoning_effort: effort },
    responses: { reasoning: { effort } },
    ...(['low', 'medium', 'high', 'xhigh', 'max'].includes(effort)
      ? { anthropic: { thinking: { type: 'adaptive' }, output_config: { effort } } }
      : {}),
    ...(geminiLevel === undefined ? {} : { gemini: thinking({ thinkingLevel: geminiLevel }) }),
  },
})

const budget = (tokens: number): Concept => ({
  title: `A budget of ${tokens} tokens`,
  said: {
    anthropic: { thinking: { type: 'enabled', budget_tokens: tokens } },
    gemini: thinking({ thinkingBudget: tokens }),
  },
})

const concepts: readonly Concept[] = [
  level('none'),
  level('minimal', 'MINIMAL'),
  level('low', 'LOW'),
  level('medium', 'MEDIUM'),
  level('high', 'HIGH'),
  level('xhigh'),
  level('max'),
  budget(2048),
  budget(10_000),
  budget(32_000),
  {
    title: 'As much as the model likes',
    said: {
      anthropic: { thinking: { type: 'adaptive' } },
      gemini: thinking({ thinkingBudget: -1 }),
    },
  },
  {
    title: 'Off',
    said: {
      anthropic: { thinking: { type: 'disabled' } },
      gemini: thinking({ thinkingBudget: 0 }),
    },
  },
  {
    title: 'Its text is shown',
    said: {
      responses: { reasoning: { effort: 'medium', summary: 'auto' } },
      anthropic: { thinking: { type: 'enabled', budget_tokens: 8192, display: 'summarized' } },
      gemini: thinking({ thinkingLevel: 'MEDIUM', includeThoughts: true }),
    },
  },
]

export const effort: Topic = {
  title: 'Reasoning: effort and budget',
  intro: 'Newer models are asked with an effort.',
  models: { anthropic: 'claude-opus-4-8', gemini: 'gemini-3-pro-preview' },
  concepts,
}

export const budgets: Topic = {
  title: 'Reasoning: effort and budget, older models',
  intro:
    'These are asked with a budget of tokens, which Anthropic counts as part of `max_tokens`: where a client of another protocol names no limit, there is room for both.',
  models: { anthropic: 'claude-sonnet-4-5', gemini: 'gemini-2.5-flash' },
  concepts,
}

const call = { id: 'c1', type: 'function', function: { name: 'a', arguments: '{}' } }
const user = { role: 'user', content: 'Hi' }

export const reasoningState: Topic = {
  title: 'Reasoning of earlier turns',
  intro: [
    'What only its maker can read (signatures, encrypted content) goes back to the provider and account that made it, and to nobody else; the',
    'gateway knows them apart by what it has seen. Below nobody has labelled it, so it goes to any provider of the protocol. Words of',
    'reasoning without state are left out. Where a client’s protocol has no place for state, the gateway keeps it by the id of the call.',
    'What stands for another protocol’s state in answers is in [Reasoning and its state](#reasoning-and-its-state).',
  ].join('\n'),
  beside: {
    chat: { tools: [{ type: 'function', function: { name: 'a' } }] },
    responses: { tools: [{ type: 'function', name: 'a' }] },
    anthropic: { tools: [{ name: 'a', input_schema: { type: 'object', properties: {} } }] },
    gemini: { tools: [{ functionDeclarations: [{ name: 'a' }] }] },
  },
  concepts: [
    {
      title: 'Reasoning with state, in a loop of tools',
      said: {
        chat: {
          messages: [
            user,
            { role: 'assistant', content: null, reasoning_content: 'Hm.', tool_calls: [call] },
            { role: 'tool', tool_call_id: 'c1', content: 'ok' },
          ],
        },
        responses: {
          input: [
            user,
            {
              type: 'reasoning',
              id: 'rs_1',
              summary: [{ type: 'summary_text', text: 'Hm.' }],
              encrypted_content: 'ENC',
            },
            { type: 'function_call', call_id: 'c1', name: 'a', arguments: '{}' },
            { type: 'function_call_output', call_id: 'c1', output: 'ok' },
          ],
        },
        anthropic: {
          messages: [
            user,
            {
              role: 'assistant',
              content: [
                { type: 'thinking', thinking: 'Hm.', signature: 'SIG' },
                { type: 'tool_use', id: 'c1', name: 'a', input: {} },
              ],
            },
            { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: 'ok' }] },
          ],
        },
        gemini: {
          contents: [
            { role: 'user', parts: [{ text: 'Hi' }] },
            {
              role: 'model',
              parts: [
                { text: 'Hm.', thought: true },
                { functionCall: { id: 'c1', name: 'a', args: {} }, thoughtSignature: 'U0lH' },
              ],
            },
            {
              role: 'user',
              parts: [{ functionResponse: { id: 'c1', name: 'a', response: { output: 'ok' } } }],
            },
          ],
        },
      },
    },
  ],
}
