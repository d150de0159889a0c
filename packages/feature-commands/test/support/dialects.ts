import type { CallHead, CallInput, Dialect } from '@jackfield/core'
import { anthropicMessages } from '@jackfield/dialect-anthropic'
import { gemini } from '@jackfield/dialect-gemini'
import { openaiChat, openaiResponses } from '@jackfield/dialect-openai'

/** One part of what a person says: a text, or a picture. */
export type Part = { readonly text: string } | 'picture'

/** What is said in a conversation, in no protocol. `call`: the model calls a tool; `result`: what the tool says. */
export type Turn =
  | { readonly by: 'user'; readonly content: string | readonly Part[] }
  | { readonly by: 'assistant'; readonly text: string }
  | { readonly by: 'call' | 'result' }

/** A protocol, and how conversations look in it. */
export interface Spoken {
  readonly dialect: Dialect
  readonly path: string
  readonly countPath?: string
  bodyOf(turns: readonly Turn[]): object
}

const pixel = 'iVBORw0KGgo='

function partsOf<Wire>(
  content: string | readonly Part[],
  { text, picture }: { readonly text: (text: string) => Wire; readonly picture: Wire },
): readonly Wire[] {
  const parts = typeof content === 'string' ? [{ text: content }] : content
  return parts.map((part) => (part === 'picture' ? picture : text(part.text)))
}

const chat: Spoken = {
  dialect: openaiChat,
  path: '/v1/chat/completions',
  bodyOf: (turns) => ({
    model: 'm',
    messages: [{ role: 'system', content: 'Write !/help for help.' }, ...turns.map(chatMessage)],
  }),
}

function chatMessage(turn: Turn): object {
  switch (turn.by) {
    case 'user': {
      const { content } = turn
      if (typeof content === 'string') return { role: 'user', content }
      const picture = { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } }
      const text = (own: string) => ({ type: 'text', text: own })
      return { role: 'user', content: partsOf<object>(content, { text, picture }) }
    }
    case 'assistant':
      return { role: 'assistant', content: turn.text }
    case 'call': {
      const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }
      return { role: 'assistant', content: null, tool_calls: [call] }
    }
    case 'result':
      return { role: 'tool', tool_call_id: 'c1', content: '!/help' }
  }
}

const responses: Spoken = {
  dialect: openaiResponses,
  path: '/v1/responses',
  bodyOf: (turns) => ({ model: 'm', instructions: 'Be kind.', input: turns.map(responsesItem) }),
}

function responsesItem(turn: Turn): object {
  switch (turn.by) {
    case 'user': {
      const { content } = turn
      if (typeof content === 'string') return { role: 'user', content }
      const picture = { type: 'input_image', image_url: `data:image/png;base64,${pixel}` }
      const text = (own: string) => ({ type: 'input_text', text: own })
      return { type: 'message', role: 'user', content: partsOf<object>(content, { text, picture }) }
    }
    case 'assistant':
      return { role: 'assistant', content: [{ type: 'output_text', text: turn.text }] }
    case 'call':
      return { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' }
    case 'result':
      return { type: 'function_call_output', call_id: 'c1', output: '!/help' }
  }
}

const anthropic: Spoken = {
  dialect: anthropicMessages,
  path: '/v1/messages',
  countPath: '/v1/messages/count_tokens',
  bodyOf: (turns) => ({
    model: 'm',
    max_tokens: 10,
    system: 'Write !/help for help.',
    messages: turns.map(anthropicMessage),
  }),
}

function anthropicMessage(turn: Turn): object {
  switch (turn.by) {
    case 'user': {
      const { content } = turn
      if (typeof content === 'string') return { role: 'user', content }
      const source = { type: 'base64', media_type: 'image/png', data: pixel }
      const text = (own: string) => ({ type: 'text', text: own })
      const picture = { type: 'image', source }
      return { role: 'user', content: partsOf<object>(content, { text, picture }) }
    }
    case 'assistant':
      return { role: 'assistant', content: [{ type: 'text', text: turn.text }] }
    case 'call':
      return { role: 'assistant', content: [{ type: 'tool_use', id: 'c1', name: 'f', input: {} }] }
    case 'result':
      return {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 'c1', content: '!/help' }],
      }
  }
}

const google: Spoken = {
  dialect: gemini,
  path: '/v1beta/models/m:generateContent',
  countPath: '/v1beta/models/m:countTokens',
  bodyOf: (turns) => ({
    systemInstruction: { parts: [{ text: 'Write !/help for help.' }] },
    contents: turns.map(geminiContent),
  }),
}

function geminiContent(turn: Turn): object {
  switch (turn.by) {
    case 'user': {
      const picture = { inlineData: { mimeType: 'image/png', data: pixel } }
      const text = (own: string) => ({ text: own })
      return { role: 'user', parts: partsOf<object>(turn.content, { text, picture }) }
    }
    case 'assistant':
      return { role: 'model', parts: [{ text: turn.text }] }
    case 'call':
      return { role: 'model', parts: [{ functionCall: { name: 'f', args: {} } }] }
    case 'result':
      return {
        role: 'user',
        parts: [{ functionResponse: { name: 'f', response: { text: '!/help' } } }],
      }
  }
}

/** All protocols in which there are conversations. */
export const spoken: readonly Spoken[] = [chat, responses, anthropic, google]

/** A call as a frontend hands it over. */
export function inputOf(
  { dialect, path }: Pick<Spoken, 'dialect' | 'path'>,
  body: Uint8Array,
  changes: Partial<CallInput> = {},
): CallInput {
  return {
    operation: 'chat',
    dialect,
    method: 'POST',
    path,
    query: '',
    headers: { 'content-type': 'application/json' },
    body,
    signal: new AbortController().signal,
    ...changes,
  }
}

export function headOf(own: Spoken, body: Uint8Array): CallHead {
  return own.dialect.head(inputOf(own, body))
}
