import { codeText, proseText } from './text.ts'

/** A function that the model may call. */
interface Tool {
  readonly name: string
  readonly description: string
  readonly parameters: object
}

/** One round of an agent: a question, a call of a tool, its result, and what the model said then. */
interface Turn {
  readonly ask: string
  readonly callId: string
  readonly tool: string
  readonly input: { readonly path: string }
  readonly result: string
  readonly reply: string
}

/** What a coding agent says to a model, in no protocol's words. */
export interface Conversation {
  readonly system?: string
  readonly tools: readonly Tool[]
  readonly turns: readonly Turn[]
  readonly question: string
}

/**
 * A conversation such as a coding agent has: a system prompt, tools with schemas, turns with tool calls and file contents (code, so many
 * escapes), and a last question that fills its document up to exactly `bytes`. `sizeOf` tells the size of a document, `turnSize` what a turn
 * takes of it. Throws when `bytes` is too small for what is always there.
 */
export function fillConversation(
  bytes: number,
  sizeOf: (conversation: Conversation) => number,
  turnSize: (turn: Turn) => number,
): Conversation {
  const fixed = {
    ...(bytes < 2_000 ? {} : { system: proseText(1, Math.min(12_000, bytes * 0.15)) }),
    tools: buildTools(Math.min(24, Math.floor(bytes / 2_500))),
  }
  const budget = bytes - sizeOf({ ...fixed, turns: [], question: '' }) - 200
  const turns = buildTurns(budget, turnSize)
  const missing = bytes - sizeOf({ ...fixed, turns, question: '' })
  if (missing < 0) throw new RangeError(`a request cannot be as small as ${bytes} bytes`)
  return { ...fixed, turns, question: proseText(2, missing) }
}

function buildTools(count: number): readonly Tool[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `workspace_action_${index}`,
    description: proseText(100 + index, 300),
    parameters: {
      type: 'object',
      properties: {
        path: { type: 'string', description: 'Absolute path, "/" separated.' },
        limit: { type: ['integer', 'null'], minimum: 1, description: 'Lines at most.' },
        pattern: { type: 'string', description: 'A pattern such as \\bword\\b or src/**/*.ts' },
      },
      required: ['path', 'limit', 'pattern'],
      additionalProperties: false,
    },
  }))
}

/** Whole turns that together take at most `budget` bytes. */
function buildTurns(budget: number, turnSize: (turn: Turn) => number): readonly Turn[] {
  const turns: Turn[] = []
  let used = 0
  for (let index = 0; ; index += 1) {
    const turn = buildTurn(index)
    used += turnSize(turn)
    if (used > budget) return turns
    turns.push(turn)
  }
}

function buildTurn(index: number): Turn {
  return {
    ask: proseText(1_000 + index, 240),
    callId: `call_${String(index).padStart(24, '0')}`,
    tool: 'workspace_action_0',
    input: { path: `/src/part-${index}.ts` },
    result: codeText(2_000 + index, 1_600),
    reply: proseText(3_000 + index, 500),
  }
}
