import { type Answer, anonymous, type Json } from './asking.ts'

/** What a conversation of two turns has in it, after the provider has answered the first. */
export interface Turn {
  /** The answer that was stored, with reasoning and a call. */
  readonly first: Answer
  readonly user: Json
  readonly thought: Json
  readonly called: Json
  readonly output: Json
}

/** A request for the second turn that is refused. */
export interface Mutant {
  readonly at: string
  readonly code?: string
  readonly says: RegExp
  readonly body: (turn: Turn) => Json
}

/** The first words of the conversation. */
export const user = { role: 'user', content: 'alpha' }
const altered = (text: unknown): string => {
  const encrypted = String(text)
  return `${encrypted.startsWith('A') ? 'B' : 'A'}${encrypted.slice(1)}`
}

/** Per rule: requests for the second turn, and nothing else that is wrong with them. */
export const stateMutants: Readonly<Record<string, readonly Mutant[]>> = {
  'previous-response': [
    {
      at: 'previous_response_id',
      code: 'previous_response_not_found',
      says: /^Previous response with id 'resp_none' not found\./,
      body: () => ({ input: 'Hi', previous_response_id: 'resp_none' }),
    },
  ],
  'item-reference': [
    {
      at: 'input[1].id',
      says: /^Item with id 'msg_none' not found\./,
      body: () => ({ input: [user, { type: 'item_reference', id: 'msg_none' }] }),
    },
    {
      at: 'input[1].id',
      says: /^Item with id 'msg_none' not found\./,
      body: () => ({ input: [user, { id: 'msg_none' }] }),
    },
  ],
  'item-ids-without-store': [
    {
      at: 'input[2].id',
      says: /^Item with id 'fc_foreign' not found\. Items are not persisted/,
      body: (turn) => ({
        store: false,
        input: [user, turn.thought, { ...turn.called, id: 'fc_foreign' }, turn.output],
      }),
    },
    {
      at: 'input[1].id',
      says: /not found/,
      body: () => ({
        store: false,
        input: [user, { role: 'assistant', content: 'beta', id: 'msg_mine' }],
      }),
    },
  ],
  'encrypted-content': [
    {
      at: 'input[1].encrypted_content',
      code: 'invalid_encrypted_content',
      says: /^The encrypted content .*\.\.\..* could not be verified\./,
      body: ({ thought, called, output }) => {
        const encrypted_content = altered(thought['encrypted_content'])
        return { input: [user, { ...thought, encrypted_content }, called, output] }
      },
    },
    {
      at: 'input[1].encrypted_content',
      code: 'invalid_encrypted_content',
      says: /could not be verified/,
      body: ({ thought, called, output }) => ({
        input: [user, { ...thought, encrypted_content: 'foreign' }, called, output],
      }),
    },
    {
      at: 'input[1].encrypted_content',
      code: 'invalid_encrypted_content',
      says: /belongs to another item/,
      body: ({ thought, called, output }) => ({
        input: [user, { ...thought, id: 'rs_other' }, anonymous(called), output],
      }),
    },
    {
      at: 'input[1].encrypted_content',
      code: 'invalid_encrypted_content',
      says: /could not be verified/,
      body: () => ({ input: [user, { type: 'compaction', encrypted_content: 'foreign' }] }),
    },
  ],
  'reasoning-needs-its-state': [
    {
      at: 'input[1].id',
      says: /^Item with id 'rs_none' not found\./,
      body: ({ called, output }) => ({
        input: [user, { type: 'reasoning', id: 'rs_none', summary: [] }, anonymous(called), output],
      }),
    },
  ],
  'reasoning-needs-what-it-led-to': [
    {
      at: 'input[1]',
      says: /^Item 'rs_\w+' of type 'reasoning' was provided without its required following item\./,
      body: ({ thought }) => ({ input: [user, thought] }),
    },
    {
      at: 'input[1]',
      says: /without its required following item/,
      body: ({ thought }) => ({ input: [user, thought, user] }),
    },
    {
      at: 'input[1]',
      says: /without its required following item/,
      body: ({ thought }) => ({ input: [user, thought, { role: 'assistant', content: 'x' }] }),
    },
    {
      at: 'input[1]',
      says: /without its required following item/,
      body: ({ thought, called, output }) => ({
        input: [user, anonymous(thought), user, anonymous(called), output],
      }),
    },
    {
      at: 'input[1]',
      says: /without its required following item/,
      body: ({ thought, called, output }) => ({
        input: [
          user,
          thought,
          { ...anonymous(called), call_id: 'call_other' },
          { ...output, call_id: 'call_other' },
        ],
      }),
    },
    {
      at: 'input[1]',
      says: /without its required following item/,
      body: ({ thought }) => ({ input: [user, { type: 'item_reference', id: thought['id'] }] }),
    },
  ],
  'item-needs-its-reasoning': [
    {
      at: 'input[1]',
      says: /^Item 'fc_\w+' of type 'function_call' was provided without its required 'reasoning' item: 'rs_\w+'\./,
      body: ({ called, output }) => ({ input: [user, called, output] }),
    },
    {
      at: 'input[1]',
      says: /without its required 'reasoning' item/,
      body: ({ called, output }) => ({
        input: [user, { type: 'item_reference', id: called['id'] }, output],
      }),
    },
  ],
  'outputs-match-calls': [
    {
      at: 'input[1].call_id',
      says: /^No tool call found for function call output with call_id call_none\./,
      body: () => ({
        input: [user, { type: 'function_call_output', call_id: 'call_none', output: 'x' }],
      }),
    },
    {
      at: 'input[1].call_id',
      says: /^No tool call found for custom tool call output/,
      body: ({ called, output }) => ({
        input: [
          { ...anonymous(called), type: 'function_call', call_id: 'call_x', async: true },
          { ...output, type: 'custom_tool_call_output', call_id: 'call_x' },
        ],
      }),
    },
    {
      at: 'input[0].call_id',
      says: /No tool call found/,
      body: ({ called, output }) => ({
        input: [output, { ...anonymous(called), async: true }],
      }),
    },
  ],
  'calls-are-answered': [
    {
      at: 'input[1]',
      says: /^No tool output found for function call call_\w+\./,
      body: ({ called }) => ({ input: [user, anonymous(called)] }),
    },
    {
      at: 'input',
      says: /^No tool output found for function call call_\w+\./,
      body: ({ first }) => ({ input: 'And?', previous_response_id: first.id }),
    },
    {
      at: 'input[0]',
      says: /^No tool output found for custom tool call c1\./,
      body: () => ({
        input: [{ type: 'custom_tool_call', call_id: 'c1', name: 'c', input: '' }, user],
      }),
    },
  ],
}
