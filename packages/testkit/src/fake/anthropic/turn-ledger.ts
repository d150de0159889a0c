import { type AnthropicAnswer, callId } from './anthropic-answer.ts'
import { isThinking, type Turn } from './conversation.ts'

/** Answers with calls that are remembered; older ones are forgotten, and then nothing is asked of them. */
const maxCalls = 100_000

interface Memory {
  /** Whether the answer's first block was thinking. */
  readonly began: boolean
  /** The seals of its thinking, in order. */
  readonly seals: readonly string[]
}

/** What the fake remembers of the answers that called tools: how they thought. */
export interface TurnLedger {
  remember(answer: AnthropicAnswer): void
  /** Whether the answer that this turn sends back began with thinking; undefined when the turn is not from here. */
  beganWithThinking(turn: Turn): boolean | undefined
  /** Whether all thinking of the answers that this turn sends back is in it, in its order. */
  isWhole(turn: Turn): boolean
}

/** A memory by the ids of tool calls. */
export function turnLedger(): TurnLedger {
  const calls = new Map<string, Memory>()
  const memoriesOf = (turn: Turn): readonly Memory[] => {
    const found = turn.blocks.map(({ block }) => calls.get(String(block['id'])))
    return [...new Set(found.filter((memory) => memory !== undefined))]
  }
  return {
    remember(answer) {
      const first = answer.blocks[0]
      const memory = {
        began: first !== undefined && isThinking(first),
        seals: answer.blocks.filter(isThinking).map(sealOf),
      }
      for (const [position, block] of answer.blocks.entries()) {
        if (!('input' in block)) continue
        const id = callId(block, position)
        calls.delete(id)
        calls.set(id, memory)
      }
      for (const id of calls.keys()) {
        if (calls.size <= maxCalls) return
        calls.delete(id)
      }
    },
    beganWithThinking: (turn) => memoriesOf(turn)[0]?.began,
    isWhole(turn) {
      const sent = turn.blocks
        .map(({ block }) => block)
        .filter(isThinking)
        .map(sealOf)
      return memoriesOf(turn).every(({ seals }) => isSubsequence(seals, sent))
    },
  }
}

function sealOf(block: {
  readonly type?: unknown
  readonly signature?: unknown
  readonly data?: unknown
}): string {
  return String(block.signature ?? block.data)
}

function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let next = 0
  for (const item of whole) if (item === part[next]) next += 1
  return next === part.length
}
