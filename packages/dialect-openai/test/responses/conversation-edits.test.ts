import type { ConversationEdit } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import type { Piece, Turn } from '../../../dialect-kit/test/support/changed-conversation.ts'
import { checkConversationEdits } from '../../../dialect-kit/test/support/check-conversation-edits.ts'
import { openaiResponses } from '../../src/index.ts'
import { bytes, textOf } from '../support/bytes.ts'
import { headOf } from './support/responses.ts'

const edit = (body: string, ...conversation: readonly ConversationEdit[]) => {
  const raw = bytes(body)
  return textOf(openaiResponses.editRequest(raw, headOf(raw), { conversation }))
}

const textForms = [
  (text: string) => ({ type: 'input_text', text }),
  (text: string) => ({ text, prompt_cache_breakpoint: { mode: 'explicit' }, type: 'input_text' }),
  (text: string) => ({ type: 'output_text', annotations: [], text, logprobs: [] }),
]

const otherForms = [
  { type: 'input_image', image_url: 'https://x.test/a.png' },
  { type: 'input_file', filename: '],[', file_data: 'AA' },
  { type: 'refusal', refusal: 'no' },
  { type: 'input_text', text: 3 },
]

function wireOf({ text, form }: Piece): unknown {
  if (text === undefined) return otherForms[form % otherForms.length]
  return textForms[form % textForms.length]?.(text)
}

function itemOf({ role, content }: Turn): object {
  const said = typeof content === 'string' ? content : content.map(wireOf)
  if (role === 'tool') return { type: 'function_call_output', call_id: 'c', output: said }
  return role === 'user' ? { role, content: said } : { type: 'message', role, content: said }
}

const bodyOf = (turns: readonly Turn[]) => ({
  model: 'm',
  instructions: 'i',
  input: turns.map(itemOf),
  previous_response_id: null,
})

describe('changes of the input', () => {
  it('are those of the parsed body, and leave every other byte', () => {
    checkConversationEdits({ dialect: openaiResponses, bodyOf, headOf: (body) => headOf(body) })
  })

  it('take items out that are no messages', () => {
    const body =
      '{"input":[ {"type":"reasoning","id":"rs_1","summary":[]}, {"role":"user","content":"a"} ]}'

    expect(edit(body, { remove: 'message', message: 0 })).toBe(
      '{"input":[ {"role":"user","content":"a"} ]}',
    )
  })

  it('take nothing out of a text', () => {
    const body = '{"input":"!x hi"}'

    expect(edit(body, { message: 0, text: 0, start: 0, end: 3, insert: '' })).toBe('{"input":"hi"}')
    expect(() => edit(body, { remove: 'message', message: 0 })).toThrow(
      new RangeError('the conversation is no list that something could be taken out of'),
    )
    expect(() => edit(body, { remove: 'text', message: 0, text: 0 })).toThrow(RangeError)
  })

  it('take no text out of the result of a call that has no other', () => {
    const body =
      '{"input":[{"type":"function_call_output","output":[{"type":"input_text","text":"a"}]}]}'

    expect(() => edit(body, { remove: 'text', message: 0, text: 0 })).toThrow(RangeError)
  })
})
