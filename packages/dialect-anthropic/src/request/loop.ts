import {
  type JsonDocument,
  type JsonMember,
  type JsonValueSpan,
  objectElements,
  readValue,
} from '@jackfield/core'
import { spanOf, textMember } from './spans.ts'

/** Where a conversation stands, as far as it decides whether a provider may be asked to think. */
export interface LoopView {
  /** The model has called tools, and their results are the last thing that was said. */
  readonly isOpen: boolean
  /** The last assistant's turn begins with thinking. */
  readonly thinks: boolean
  /** The last message is the assistant's: the answer shall go on with it. */
  readonly isPrefill: boolean
}

/** Reads the end of a conversation from its bytes. */
export function readLoop(document: JsonDocument): LoopView {
  const { bytes } = document
  const messages = document.get('messages')
  let assistant: readonly JsonMember[] = []
  let last: readonly JsonMember[] = []
  if (messages?.kind === 'array') {
    for (const { members = [] } of objectElements(bytes, messages, { duplicates: 'keep' })) {
      const role = textMember(bytes, members, 'role')
      if (role !== 'system') last = members
      if (role === 'assistant') assistant = members
    }
  }
  const [first] = typesIn(bytes, spanOf(assistant, 'content'))
  return {
    isOpen: typesIn(bytes, spanOf(last, 'content')).includes('tool_result'),
    thinks: first === 'thinking' || first === 'redacted_thinking',
    isPrefill: last === assistant && last.length > 0,
  }
}

function typesIn(bytes: Uint8Array, content: JsonValueSpan | undefined): string[] {
  if (content?.kind !== 'array') return []
  const types: string[] = []
  for (const { members = [] } of objectElements(bytes, content, { duplicates: 'keep' })) {
    types.push(textMember(bytes, members, 'type') ?? '')
  }
  return types
}

/** Whether a request demands a call, which providers refuse beside thinking. */
export function demandsCall(document: JsonDocument): boolean {
  const span = document.get('tool_choice')
  if (span?.kind !== 'object') return false
  const choice = readValue(document.bytes, span)
  const type = typeof choice === 'object' && choice !== null && 'type' in choice ? choice.type : ''
  return type === 'any' || type === 'tool'
}
