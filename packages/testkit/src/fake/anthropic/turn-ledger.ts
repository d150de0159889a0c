import { type AnthropicAnswer, callId } from './anthropic-answer.ts'
import { isThinking, type Turn } from './conversation.ts'

/** Calls that are remembered; older ones are forgotten, and then nothing is asked of their turns. */
const maxCalls = 100_000
/** Different answers that are remembered of one call, where a test gives the same id again and again. */
const maxAnswers = 8

interface Memory {
  /** Whether the answer's first block was thinking. */
  readonly began: boolean
  /** The seals of its thinking, in order. */
  readonly seals: readonly string[]
}

/** What the fake remembers of the answers that called tools: how they thought. `scope` is whose reasoning state it is. */
export interface TurnLedger {
  remember(answer: AnthropicAnswer, scope: string): void
  /** Whether the answer that this turn sends back began with thinking; false when the turn is not from here. */
  beganWithThinking(turn: Turn, scope: string): boolean
  /** Whether all thinking of the answers that this turn sends back is in it, in its order. */
  isWhole(turn: Turn, scope: string): boolean
}

/** A memory by the ids of tool calls. */
export function turnLedger(): TurnLedger {
  const calls = new Map<string, readonly Memory[]>()
  const memoriesOf = (turn: Turn, scope: string): readonly (readonly Memory[])[] =>
    turn.blocks
      .map(({ block }) => calls.get(`${scope} ${block['id']}`))
      .filter((memories) => memories !== undefined)
  return {
    remember(answer, scope) {
      const memory = memoryOf(answer)
      for (const [position, block] of answer.blocks.entries()) {
        if (!('input' in block)) continue
        const key = `${scope} ${callId(block, position)}`
        const others = (calls.get(key) ?? []).filter((other) => !isSame(other, memory))
        calls.delete(key)
        calls.set(key, [memory, ...others].slice(0, maxAnswers))
      }
      for (const key of calls.keys()) {
        if (calls.size <= maxCalls) return
        calls.delete(key)
      }
    },
    beganWithThinking: (turn, scope) =>
      memoriesOf(turn, scope)[0]?.every(({ began }) => began) ?? false,
    isWhole(turn, scope) {
      const blocks = turn.blocks.map(({ block }) => block)
      const sent = blocks.filter(isThinking).map(sealOf)
      return memoriesOf(turn, scope).every((memories) =>
        memories.some(({ seals }) => isSubsequence(seals, sent)),
      )
    },
  }
}

function memoryOf({ blocks }: AnthropicAnswer): Memory {
  const [first] = blocks
  return {
    began: first !== undefined && isThinking(first),
    seals: blocks.filter(isThinking).map(sealOf),
  }
}

function isSame(one: Memory, other: Memory): boolean {
  return one.began === other.began && one.seals.join(' ') === other.seals.join(' ')
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
