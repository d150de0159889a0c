import type { JsonObject, Rule } from '../strict/rule.ts'
import { firstProblem, type Problem } from '../strict/shape.ts'
import { type PlacedBlock, type Turn, turnsOf } from './conversation.ts'

const rules = (what: string): string => `Anthropic Messages 3.3, Rules: ${what}`

/** Rules about calls in the conversation and their results. */
export const toolLoopRules = {
  'tool-calls-are-answered': {
    cites: rules('every tool_use must have its tool_result in the next user message'),
    check: (body) => overTurns(body, 'assistant', unanswered),
  },
  'tool-results-follow-their-call': {
    cites: rules('tool_result in the next user message'),
    check: (body) => overTurns(body, 'user', orphan),
  },
  'tool-results-answer-once': {
    cites: rules('tool_result in the next user message'),
    check: (body) => overTurns(body, 'user', twice),
  },
  'tool-results-come-first': {
    cites: rules('tool_result blocks come first'),
    check: (body) => overTurns(body, 'user', late),
  },
  'server-results-follow-their-call': {
    cites: 'Anthropic Messages 3.3, server tool results: tool_use_id',
    check: (body) => overTurns(body, 'assistant', serverOrphan),
  },
} as const satisfies Record<string, Rule>

interface Neighbours {
  readonly before: Turn | undefined
  readonly after: Turn | undefined
}

function overTurns(
  body: JsonObject,
  role: Turn['role'],
  look: (turn: Turn, neighbours: Neighbours) => Problem | undefined,
): Problem | undefined {
  const turns = turnsOf(body)
  return firstProblem(turns, (turn, index) =>
    turn.role === role
      ? look(turn, { before: turns[index - 1], after: turns[index + 1] })
      : undefined,
  )
}

function ofType(turn: Turn | undefined, type: string): readonly PlacedBlock[] {
  return turn?.blocks.filter(({ block }) => block['type'] === type) ?? []
}

function valuesOf(blocks: readonly PlacedBlock[], name: string): ReadonlySet<unknown> {
  return new Set(blocks.map(({ block }) => block[name]))
}

function unanswered(turn: Turn, { after }: Neighbours): Problem | undefined {
  const answered = valuesOf(ofType(after, 'tool_result'), 'tool_use_id')
  const missing = ofType(turn, 'tool_use').find(({ block }) => !answered.has(block['id']))
  if (!missing) return undefined
  const id = String(missing.block['id'])
  const message = `\`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${id}`
  return { at: missing.at, message }
}

function orphan(turn: Turn, { before }: Neighbours): Problem | undefined {
  const called = valuesOf(ofType(before, 'tool_use'), 'id')
  const results = ofType(turn, 'tool_result')
  const lost = results.find(({ block }) => !called.has(block['tool_use_id']))
  if (!lost) return undefined
  const id = String(lost.block['tool_use_id'])
  const message = `unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}`
  return { at: lost.at, message }
}

function twice(turn: Turn): Problem | undefined {
  const seen = new Set<unknown>()
  return firstProblem(ofType(turn, 'tool_result'), ({ at, block }) => {
    const id = block['tool_use_id']
    if (seen.has(id)) {
      const message = `each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${id}`
      return { at, message }
    }
    seen.add(id)
    return undefined
  })
}

function late(turn: Turn): Problem | undefined {
  const first = turn.blocks.findIndex(({ block }) => block['type'] !== 'tool_result')
  const after = first < 0 ? [] : turn.blocks.slice(first)
  const result = after.find(({ block }) => block['type'] === 'tool_result')
  return result && { at: result.at, message: '`tool_result` blocks must come before other content' }
}

function serverOrphan(turn: Turn): Problem | undefined {
  const called = new Set<unknown>()
  return firstProblem(turn.blocks, ({ at, block }) => {
    const type = String(block['type'])
    if (type === 'server_tool_use' || type === 'mcp_tool_use') called.add(block['id'])
    if (!type.endsWith('_tool_result') || called.has(block['tool_use_id'])) return undefined
    const message = `\`${type}\` must have a corresponding call block before it`
    return { at: `${at}.tool_use_id`, message }
  })
}
