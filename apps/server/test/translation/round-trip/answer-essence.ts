import type { AssistantPart, ChatResponse } from '@jackfield/core'
import { without } from './named-losses.ts'

/** What an answer says, whatever it is written like: what is labelled for one protocol alone, and by whom it was made, is not part of it. */
export function answerEssence(answer: ChatResponse): unknown {
  const { content, finish, usage } = answer
  return JSON.parse(
    JSON.stringify({
      content: content.flatMap(partEssence),
      finish: finish.reason,
      ...(usage === undefined ? {} : { usage: without(usage, 'extra') }),
    }),
  )
}

function partEssence(part: AssistantPart): readonly unknown[] {
  const own = without(part, 'extensions')
  if ((own.type === 'text' || own.type === 'reasoning') && own.text === '' && !hasMore(own))
    return []
  if (own.type === 'tool-call' && own.kind === 'function') {
    return [{ ...own, arguments: JSON.parse(own.arguments === '' ? '{}' : own.arguments) }]
  }
  return [own]
}

function hasMore(part: AssistantPart): boolean {
  return (
    ('state' in part && part.state !== undefined) ||
    ('citations' in part && part.citations !== undefined)
  )
}
