import {
  type JsonDocument,
  type JsonMember,
  type JsonValueSpan,
  objectElements,
  objectMembers,
  readValue,
} from '@jackfield/core'
import { memberSpan, memberText } from '@jackfield/dialect-kit'
import { endsInWords, leadsWithThinking } from '../chat/turns.ts'

/** Where a conversation stands, as far as it decides whether a provider may be asked to think. */
export interface LoopView {
  /** The model has called tools, and has said nothing since it got their results. */
  readonly isOpen: boolean
  /** The last assistant's turn has its thinking in front. */
  readonly thinks: boolean
  /** The last message is the assistant's, and the answer shall go on with its words. */
  readonly isPrefill: boolean
  /** Members of the last assistant's message. */
  readonly assistant: readonly JsonMember[]
}

/** Reads the end of a conversation from its bytes. */
export function readLoop(document: JsonDocument): LoopView {
  const { bytes } = document
  const messages = document.get('messages')
  let assistant: readonly JsonMember[] = []
  let behind: (readonly JsonMember[])[] = []
  if (messages?.kind === 'array') {
    for (const { members = [] } of objectElements(bytes, messages, { duplicates: 'keep' })) {
      const role = memberText(bytes, members, 'role')
      if (role === 'assistant') {
        assistant = members
        behind = []
      } else if (role !== 'system') behind.push(members)
    }
  }
  const types = (message: readonly JsonMember[]) => typesIn(bytes, memberSpan(message, 'content'))
  const spoken = types(assistant)
  return {
    isOpen: behind.some((message) => types(message).includes('tool_result')),
    thinks: leadsWithThinking(spoken),
    isPrefill: behind.length === 0 && endsInWords(spoken),
    assistant,
  }
}

/** Types of the blocks of a content; a string is one text. */
function typesIn(bytes: Uint8Array, content: JsonValueSpan | undefined): string[] {
  if (content?.kind === 'string') return ['text']
  if (content?.kind !== 'array') return []
  const types: string[] = []
  for (const { members = [] } of objectElements(bytes, content, { duplicates: 'keep' })) {
    types.push(memberText(bytes, members, 'type') ?? '')
  }
  return types
}

/** Whether a request makes the model think before everything else it does in a turn. */
export function demandsThinking(document: JsonDocument): boolean {
  const span = document.get('thinking')
  return (
    span?.kind === 'object' &&
    memberText(document.bytes, [...objectMembers(document.bytes, span)], 'type') === 'enabled'
  )
}

/** Whether a request demands a call, which providers refuse beside thinking. */
export function demandsCall(document: JsonDocument): boolean {
  const span = document.get('tool_choice')
  if (span?.kind !== 'object') return false
  const choice = readValue(document.bytes, span)
  const type = typeof choice === 'object' && choice !== null && 'type' in choice ? choice.type : ''
  return type === 'any' || type === 'tool'
}
