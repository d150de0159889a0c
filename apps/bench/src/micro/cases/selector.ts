import { parseSelector } from '@jackfield/core'
import type { MicroGroup } from '../registry.ts'

const context = { isBackend: (name: string) => name === 'openai' || name === 'internlm' }

const texts = [
  'gpt-5.1-mini',
  'openai:gpt-5.1-mini',
  'vendor/model-7b-instruct',
  'openai:gpt-5.1-mini?temperature=0.2&reasoning_effort=high',
  '[weight=3]openai:gpt-5.1-mini^internlm:intern-s1',
]

/** What reading a request's `model` costs. */
export function selectorGroup(): MicroGroup {
  return {
    title: 'parseSelector',
    cases: texts.map((text) => ({ name: text, call: () => parse(text) })),
  }
}

/** A refusal is much cheaper or dearer than what is to be measured. */
function parse(text: string): unknown {
  const result = parseSelector(text, context)
  if (!result.ok) throw new Error(`${text}: ${result.error.message}`)
  return result.selector
}
