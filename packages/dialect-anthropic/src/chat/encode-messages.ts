import type {
  AssistantMessage,
  ChatRequest,
  JsonObject,
  Message,
  SystemMessage,
  ToolMessage,
  UserMessage,
} from '@jackfield/core'
import { mergeObjects } from '@jackfield/dialect-kit'
import { ownMembers } from '../leftover.ts'
import { CallIds } from './call-ids.ts'
import {
  encodeCall,
  encodeProviderPart,
  encodeReasoning,
  encodeResult,
  encodeText,
  encodeUserPart,
  markLast,
  resultBlocks,
} from './encode-block.ts'
import type { EncodeState } from './encode-state.ts'
import { legalTurns, type Turn } from './turns.ts'

/** A conversation in this protocol's form. */
export interface Conversation {
  /** Blocks of the top-level `system`. */
  readonly system: readonly JsonObject[]
  readonly turns: readonly Turn[]
}

/**
 * The conversation as a strict provider takes it: roles take turns and a user begins, results stand first in the message behind their
 * calls, and every call has one.
 */
export function encodeConversation(request: ChatRequest, state: EncodeState): Conversation {
  const builder = new ConversationBuilder(state)
  for (const message of request.messages) builder.add(message)
  return builder.end()
}

class ConversationBuilder {
  readonly #state: EncodeState
  readonly #system: JsonObject[] = []
  readonly #turns: Turn[] = []
  readonly #ids = new CallIds()
  /** Instructions behind an assistant's turn: they wait for a user's, so that the assistant's stays in one piece. */
  readonly #late: Turn[] = []
  /** The user's turn behind the last assistant's, where results belong. */
  #answers: Turn | undefined

  constructor(state: EncodeState) {
    this.#state = state
  }

  add(message: Message): void {
    if ('name' in message && message.name !== undefined) this.#state.dropped.add('name')
    switch (message.role) {
      case 'system':
      case 'developer':
        this.#addSystem(message)
        return
      case 'user':
        this.#addUser(message)
        return
      case 'assistant':
        this.#addAssistant(message)
        return
      case 'tool':
        this.#addResults(message)
        return
      default:
        message satisfies never
    }
  }

  end(): Conversation {
    this.#answerRest()
    this.#hoistLate()
    return { system: this.#system, turns: legalTurns(this.#turns) }
  }

  #addSystem(message: SystemMessage): void {
    const blocks = markLast(message.content.flatMap(encodeText), message.cache)
    const { content, ...rest } = ownMembers(message.extensions)
    if (this.#turns.length === 0) {
      this.#system.push(...blocks)
      return
    }
    const own = Array.isArray(content) ? content : blocks
    this.#late.push({ role: 'system', results: [], blocks: [...own], rest })
    if (!this.#state.facts.midSystem) this.#hoistLate()
    // Results of calls may still come: their place is before this.
    else if (this.#ids.isOpen) this.#answerTurn()
    if (this.#turns.at(-1)?.role !== 'assistant') this.#turns.push(...this.#late.splice(0))
  }

  /** What came late is said at the front, where its place is lost. */
  #hoistLate(): void {
    const blocks = this.#late.splice(0).flatMap((turn) => turn.blocks)
    if (blocks.length > 0) this.#state.dropped.add('system_position')
    this.#system.push(...blocks.filter(({ type }) => type === 'text'))
  }

  #addUser(message: UserMessage): void {
    const blocks = message.content.flatMap((part) => encodeUserPart(part, this.#state))
    this.#push('user', markLast(blocks, message.cache), ownMembers(message.extensions))
  }

  #addAssistant(message: AssistantMessage): void {
    this.#answerRest(message)
    const blocks = message.content.flatMap((part): JsonObject[] => {
      switch (part.type) {
        case 'text':
          return encodeText(part)
        case 'refusal':
          return encodeText({ type: 'text', text: part.text })
        case 'reasoning':
          return this.#state.facts.thinking === 'none' ? [] : encodeReasoning(part)
        case 'tool-call':
          return [encodeCall(part, this.#ids.ask(part.callId), this.#state)]
        case 'provider':
          return encodeProviderPart(part, this.#state)
        default:
          this.#state.dropped.add(part.type)
          return []
      }
    })
    if (blocks.length === 0) return
    this.#push('assistant', markLast(blocks, message.cache), ownMembers(message.extensions))
    this.#answers = undefined
  }

  /** A message that goes on with its turn leaves the calls of that turn open. */
  #answerRest(next?: AssistantMessage): void {
    const continues = next !== undefined && this.#turns.at(-1)?.role === 'assistant'
    if (continues || !this.#ids.isOpen) return
    const { results } = this.#answerTurn()
    for (const id of this.#ids.close()) results.push({ ...missingResult, tool_use_id: id })
  }

  #addResults(message: ToolMessage): void {
    const lost: JsonObject[] = []
    let last: JsonObject[] | undefined
    for (const result of message.content) {
      const id = this.#ids.answer(result.callId)
      if (id === undefined) lost.push(...this.#lostResult(result))
      else {
        last = this.#answerTurn().results
        last.push(encodeResult(result, id, this.#state))
      }
    }
    if (last !== undefined) last.push(...markLast(last.splice(-1), message.cache))
    this.#push('user', lost, ownMembers(message.extensions))
  }

  /** A result whose call was cut out of the history is told as text: as a result providers refuse it. */
  #lostResult(result: ToolMessage['content'][number]): JsonObject[] {
    const name = result.name === undefined ? '' : ` ${result.name}`
    const label = { type: 'text', text: `Result of an earlier call of the tool${name}:` }
    return [label, ...resultBlocks(result, this.#state)]
  }

  #answerTurn(): Turn {
    if (this.#answers !== undefined) return this.#answers
    const turn: Turn = { role: 'user', results: [], blocks: [], rest: {} }
    this.#turns.push(turn, ...this.#late.splice(0))
    this.#answers = turn
    return turn
  }

  #push(role: 'user' | 'assistant', blocks: readonly JsonObject[], rest: JsonObject): void {
    const last = this.#turns.at(-1)
    if (last?.role === role) {
      last.blocks.push(...blocks)
      last.rest = mergeObjects(rest, last.rest)
      return
    }
    if (blocks.length === 0) return
    const turn: Turn = { role, results: [], blocks: [...blocks], rest }
    this.#turns.push(turn)
    if (role !== 'user') return
    this.#answers ??= turn
    this.#turns.push(...this.#late.splice(0))
  }
}

const missingResult = { type: 'tool_result', content: 'No result was given.', is_error: true }
