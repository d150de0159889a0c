import type { ConversationEdit } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import type { Piece, Turn } from '../../../dialect-kit/test/support/changed-conversation.ts'
import { checkConversationEdits } from '../../../dialect-kit/test/support/check-conversation-edits.ts'
import { gemini } from '../../src/index.ts'
import { bytes, json, textOf } from '../support/bytes.ts'
import { headOf } from '../support/requests.ts'

const edit = (body: string, ...conversation: readonly ConversationEdit[]) => {
  const raw = bytes(body)
  return textOf(gemini.editRequest(raw, headOf(raw), { conversation }))
}

const textForms = [
  (text: string) => ({ text }),
  (text: string) => ({ thoughtSignature: 'AA', text }),
  (text: string) => ({ text, thought: false }),
]

const otherForms = [
  { inlineData: { mimeType: 'image/png', data: 'AA' } },
  { file_data: { file_uri: 'https://x.test/],[' } },
  { functionCall: { name: 'f', args: { text: 'inside' } } },
  { functionResponse: { name: 'f', response: { text: 'inside' }, parts: [{ text: 'inside' }] } },
  { text: 'hm', thought: true },
  { text: null },
]

function wireOf({ text, form }: Piece): unknown {
  if (text === undefined) return otherForms[form % otherForms.length]
  return textForms[form % textForms.length]?.(text)
}

const roles = { user: 'user', assistant: 'model', tool: 'function' }

function contentOf({ role, content }: Turn): object {
  // A text alone is a bare part, which stands for a list.
  const parts = typeof content === 'string' ? { text: content } : content.map(wireOf)
  return { parts, role: roles[role] }
}

const bodyOf = (turns: readonly Turn[]) => ({
  system_instruction: { parts: [{ text: 's' }] },
  contents: turns.map(contentOf),
  generationConfig: { topK: 1 },
})

describe('changes of a conversation', () => {
  it('are those of the parsed body, and leave every other byte', () => {
    checkConversationEdits({ dialect: gemini, bodyOf, headOf: (body) => headOf(body) })
  })

  it('are the same in a request whose tokens are counted', () => {
    const options = { operation: 'count-tokens', path: '/v1beta/models/m:countTokens' } as const
    checkConversationEdits({
      dialect: gemini,
      bodyOf: (turns) => ({ generateContentRequest: { model: 'models/m', ...bodyOf(turns) } }),
      headOf: (body) => headOf(body, options),
    })
  })

  it('take nothing out of a bare content, or of a bare part', () => {
    const body = '{"contents":{"role":"user","parts":{"text":"!x hi"}}}'

    expect(edit(body, { message: 0, text: 0, start: 0, end: 3, insert: '' })).toBe(
      body.replace('!x ', ''),
    )
    expect(() => edit(body, { remove: 'message', message: 0 })).toThrow(
      new RangeError('the conversation is no list that something could be taken out of'),
    )
    expect(() => edit(body, { remove: 'text', message: 0, text: 0 })).toThrow(
      new RangeError('text 0 stands in no list of the content of message 0'),
    )
  })

  it('take parts out of a bare content', () => {
    const body = '{"contents":{"parts":[ {"text":"!x"} , {"text":"hi"}]}}'

    expect(edit(body, { remove: 'text', message: 0, text: 0 })).toBe(
      '{"contents":{"parts":[ {"text":"hi"}]}}',
    )
  })
})

describe('a content', () => {
  const spansOf = (parts: unknown) => {
    const raw = json({ contents: [{ parts }] })
    const [message] = gemini.spans(raw, headOf(raw)).messages
    return { texts: message?.texts.length, others: message?.others }
  }

  it('has no texts of what functions and thoughts say', () => {
    expect(spansOf([...otherForms, { text: 'a' }])).toEqual({ texts: 1, others: otherForms.length })
    expect(spansOf({ functionCall: {} })).toEqual({ texts: 0, others: 1 })
    expect(spansOf([])).toEqual({ texts: 0, others: 0 })
    expect(spansOf(null)).toEqual({ texts: 0, others: 0 })
  })
})
