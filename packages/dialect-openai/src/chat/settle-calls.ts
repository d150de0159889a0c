import type { Message, ToolCallPart, ToolMessage, ToolResultPart } from '@jackfield/core'

/** One thing that is said, in the order in which a strict provider wants it. */
export type Saying =
  | { readonly type: 'message'; readonly message: Exclude<Message, ToolMessage> }
  | { readonly type: 'result'; readonly result: ToolResultPart; readonly of: ToolMessage }
  /** A call that nothing answers. */
  | { readonly type: 'unanswered'; readonly call: ToolCallPart }
  /** A result that answers nothing: its call was cut off, or has a result already. */
  | { readonly type: 'orphan'; readonly result: ToolResultPart }

interface OpenCall {
  readonly call: ToolCallPart
  /** What is said with the message of the call, and right behind it. */
  readonly said: Saying[]
}

/**
 * A conversation in which all calls are answered right behind the message that makes them, as OpenAI demands it (protocol reference
 * 1.3). A result may stand anywhere before the model's next turn; messages of the model that follow each other are one turn. What
 * comes later is not moved: the model has gone on without it.
 */
export function settleCalls(messages: readonly Message[]): readonly Saying[] {
  const places: Saying[][] = []
  let open: OpenCall[] = []
  let before: Message['role'] | undefined
  for (const message of messages) {
    const { role, content } = message
    if (role === 'assistant' && before !== 'assistant') open = closed(open)
    before = role
    const said: Saying[] = role === 'tool' ? [] : [{ type: 'message', message }]
    places.push(said)
    if (role === 'assistant') open.push(...callsIn(content, said))
    else if (role === 'tool')
      for (const result of content) answer(open, { result, of: message }, said)
  }
  closed(open)
  return places.flat()
}

function callsIn(
  content: readonly Message['content'][number][],
  said: Saying[],
): readonly OpenCall[] {
  return content.filter((part) => part.type === 'tool-call').map((call) => ({ call, said }))
}

/** Puts a result behind its call, which is then no longer open; one without a call stays where it is. */
function answer(
  open: OpenCall[],
  { result, of }: { readonly result: ToolResultPart; readonly of: ToolMessage },
  here: Saying[],
): void {
  const at = open.findIndex(({ call }) => call.callId === result.callId)
  const [found] = at === -1 ? [] : open.splice(at, 1)
  if (found === undefined) here.push({ type: 'orphan', result })
  else found.said.push({ type: 'result', result, of })
}

/** Ends a turn: what is still open stays unanswered. */
function closed(open: readonly OpenCall[]): OpenCall[] {
  for (const { call, said } of open) said.push({ type: 'unanswered', call })
  return []
}
