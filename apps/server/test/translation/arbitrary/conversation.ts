import type {
  AssistantPart,
  Message,
  SystemMessage,
  ToolCallPart,
  ToolResultPart,
} from '@jackfield/core'
import fc from 'fast-check'
import {
  cache,
  filePart,
  imagePart,
  optional,
  present,
  reasoningPart,
  soundPart,
  textPart,
  userPart,
  userProviderPart,
} from './parts.ts'
import { callIdPrefix, text } from './texts.ts'

/** What a conversation is made of. */
export interface ConversationOptions {
  /** Names of the tools that are called. */
  readonly tools: readonly { readonly name: string; readonly kind: 'function' | 'custom' }[]
  /** Whether what only some protocols have may occur: sounds, parts of one provider, foreign state. */
  readonly rare: boolean
}

interface Exchange {
  readonly call: Omit<ToolCallPart, 'callId'>
  readonly result: Omit<ToolResultPart, 'callId'>
}

interface Turn {
  readonly late: SystemMessage | undefined
  readonly user: Message
  readonly thought: AssistantPart | undefined
  readonly said: readonly AssistantPart[]
  readonly exchanges: readonly Exchange[]
  readonly answer: readonly AssistantPart[]
}

const systemMessage: fc.Arbitrary<SystemMessage> = fc
  .record({
    role: fc.constantFrom('system' as const, 'developer' as const),
    content: fc.array(textPart, { minLength: 1, maxLength: 2 }),
    cache: optional(cache),
  })
  .map(present)

const functionArguments = fc.oneof(
  fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.oneof(text, fc.integer(), fc.boolean()), {
    maxKeys: 3,
  }),
  fc.constant({}),
  fc.constant({ nested: { list: [1, 'two', null], '': 0 } }),
)

const resultContent = fc.oneof(
  { weight: 4, arbitrary: fc.array(textPart, { minLength: 1, maxLength: 2 }) },
  { weight: 1, arbitrary: fc.tuple(textPart, imagePart) },
  { weight: 1, arbitrary: fc.tuple(filePart) },
  { weight: 1, arbitrary: fc.constant([]) },
)

function exchange({ name, kind }: ConversationOptions['tools'][number]): fc.Arbitrary<Exchange> {
  const call = fc
    .record({
      type: fc.constant('tool-call' as const),
      name: fc.constant(name),
      kind: fc.constant(kind),
      arguments: kind === 'custom' ? text : functionArguments.map((value) => JSON.stringify(value)),
      cache: optional(cache, 12),
    })
    .map(present)
  const told = fc
    .record({
      content: resultContent,
      failed: optional(fc.boolean()),
      cache: optional(cache),
    })
    .map(present)
  const structured = fc.record({ content: fc.constant([]), structured: functionArguments })
  const result = fc
    .oneof({ weight: 4, arbitrary: told }, { weight: 1, arbitrary: structured })
    .map((rest) => ({ type: 'tool-result' as const, name, kind, ...rest }))
  return fc.record({ call, result })
}

function turn({ tools, rare }: ConversationOptions): fc.Arbitrary<Turn> {
  const some = rare
    ? fc.oneof({ weight: 20, arbitrary: userPart }, soundPart, userProviderPart)
    : userPart
  const exchanges =
    tools.length === 0
      ? fc.constant([])
      : fc.array(fc.oneof(...tools.map(exchange)), { maxLength: 3 })
  const said = fc.array(textPart, { maxLength: 2 })
  return fc.record({
    late: optional(systemMessage, 10),
    user: fc
      .record({
        role: fc.constant('user' as const),
        content: fc
          .tuple(textPart, fc.array(some, { maxLength: 2 }))
          .map(([first, rest]) => [first, ...rest]),
        cache: optional(cache, 8),
        name: optional(fc.constantFrom('ada', 'bob'), 12),
      })
      .map(present),
    thought: rare ? optional(reasoningPart) : fc.constant(undefined),
    said,
    exchanges,
    answer: fc.oneof(
      { weight: 6, arbitrary: fc.array(textPart, { minLength: 1, maxLength: 2 }) },
      {
        weight: 1,
        arbitrary: text.map((refused) => [{ type: 'refusal' as const, text: refused }]),
      },
    ),
  })
}

/** A conversation as clients hold it: instructions first, every call answered in the message behind it, the user last. */
export function conversation(options: ConversationOptions): fc.Arbitrary<readonly Message[]> {
  return fc
    .record({
      prefix: callIdPrefix,
      system: fc.array(systemMessage, { maxLength: 2 }),
      turns: fc.array(turn(options), { maxLength: 3 }),
      last: turn({ ...options, tools: [] }),
      isOpen: fc.boolean(),
    })
    .map(({ prefix, system, turns, last, isOpen }) => {
      const past = turns.flatMap((one, index) => turnMessages(one, `${prefix}${index}_`))
      const loop = past.at(-2)
      // The history may also stop where the results of tools have just come.
      if (isOpen && loop?.role === 'tool') return [...system, ...past.slice(0, -1)]
      return [...system, ...past, ...(last.late === undefined ? [] : [last.late]), last.user]
    })
}

function turnMessages(
  { late, user, thought, said, exchanges, answer }: Turn,
  prefix: string,
): Message[] {
  const thoughts = thought === undefined ? [] : [thought]
  const calls = exchanges.map(({ call }, index) => ({ ...call, callId: `${prefix}${index}` }))
  const results = exchanges.map(({ result }, index) => ({ ...result, callId: `${prefix}${index}` }))
  return [
    ...(late === undefined ? [] : [late]),
    user,
    ...(calls.length === 0
      ? []
      : [
          { role: 'assistant', content: [...thoughts, ...said, ...calls] } as const,
          { role: 'tool', content: results } as const,
        ]),
    { role: 'assistant', content: [...(calls.length === 0 ? thoughts : []), ...answer] },
  ]
}
