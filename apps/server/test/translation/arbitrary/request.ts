import {
  type ChatRequest,
  type JsonObject,
  type OutputFormat,
  type ReasoningRequest,
  reasoningEfforts,
  type Tool,
  type ToolChoice,
} from '@jackfield/core'
import fc from 'fast-check'
import { type ConversationOptions, conversation } from './conversation.ts'
import { cache, optional, present } from './parts.ts'
import { text, toolName } from './texts.ts'

const schema: fc.Arbitrary<JsonObject> = fc.constantFrom<JsonObject>(
  {
    type: 'object',
    properties: { city: { type: 'string', description: 'A city.' }, days: { type: 'integer' } },
    required: ['city'],
    additionalProperties: false,
  },
  {
    type: 'object',
    properties: {
      kind: { type: 'string', enum: ['a', 'b'] },
      list: { type: 'array', items: { type: 'number' } },
    },
    required: ['kind', 'list'],
    additionalProperties: false,
  },
)

const functionTool = fc
  .record({
    type: fc.constant('function' as const),
    name: toolName,
    description: optional(text),
    parameters: optional(schema),
    strict: optional(fc.boolean()),
    cache: optional(cache, 6),
  })
  .map(present)

const customTool = fc
  .record({
    type: fc.constant('custom' as const),
    name: toolName,
    description: optional(text),
    format: optional(fc.constant({ syntax: 'regex' as const, definition: '[a-z]+' })),
  })
  .map(present)

const tools: fc.Arbitrary<readonly Exclude<Tool, { type: 'provider' }>[]> = fc.uniqueArray(
  fc.oneof({ weight: 4, arbitrary: functionTool }, { weight: 1, arbitrary: customTool }),
  { maxLength: 3, selector: ({ name }) => name },
)

const output: fc.Arbitrary<OutputFormat> = fc.oneof(
  fc.constant({ type: 'text' as const }),
  fc.constant({ type: 'json' as const }),
  fc
    .record({
      type: fc.constant('json-schema' as const),
      schema,
      name: optional(fc.constantFrom('weather', 'answer_1')),
      description: optional(text),
      strict: optional(fc.boolean()),
    })
    .map(present),
)

const reasoning: fc.Arbitrary<ReasoningRequest> = fc.oneof(
  fc
    .record({
      effort: fc.constantFrom(...reasoningEfforts),
      show: optional(fc.constantFrom(true, 'summary' as const, 'detailed' as const)),
    })
    .map(present),
  fc.record({ enabled: fc.constant(true), budget: fc.integer({ min: 1, max: 50_000 }) }),
  fc.constant({ enabled: true, budget: 'dynamic' as const }),
  fc.constant({ enabled: false }),
)

function choiceAmong(
  list: readonly Exclude<Tool, { type: 'provider' }>[],
): fc.Arbitrary<ToolChoice> {
  const [first] = list
  const open = fc.constantFrom<ToolChoice>({ type: 'auto' }, { type: 'none' }, { type: 'required' })
  if (first === undefined) return open
  return fc.oneof(
    open,
    fc.constant<ToolChoice>({ type: 'tool', name: first.name, kind: first.type }),
    fc
      .constantFrom('auto' as const, 'required' as const)
      .map((mode): ToolChoice => ({ type: 'allowed', mode, names: [first.name] })),
  )
}

const probability = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100)

const settings = {
  temperature: fc.integer({ min: 0, max: 20 }).map((tenth) => tenth / 10),
  topP: probability,
  topK: fc.integer({ min: 1, max: 100 }),
  seed: fc.integer({ min: 0, max: 1_000_000 }),
  presencePenalty: probability,
  frequencyPenalty: probability,
  logprobs: fc.integer({ min: 0, max: 5 }),
  maxOutputTokens: fc.integer({ min: 20, max: 4_000 }),
  stop: fc.uniqueArray(fc.constantFrom('END', '###', '\n\nHuman:', 'ß'), {
    minLength: 1,
    maxLength: 4,
  }),
  verbosity: fc.constantFrom('low' as const, 'high' as const),
  endUser: fc.constantFrom('user-1', 'a'.repeat(60)),
  cacheKey: fc.constantFrom('k1', 'k2'),
  serviceTier: fc.constantFrom('auto', 'default', 'flex', 'priority'),
  metadata: fc.constant({ team: 'blue' }),
  output,
  reasoning,
}

/** Any request that a client could mean. */
export function chatRequest(options: Pick<ConversationOptions, 'rare'>): fc.Arbitrary<ChatRequest> {
  return tools.chain((list) =>
    fc
      .record({
        model: fc.constant('some-model'),
        stream: fc.boolean(),
        includeUsage: fc.constant(false),
        messages: conversation({
          ...options,
          tools: list.map(({ name, type }) => ({ name, kind: type })),
        }),
        ...(list.length === 0 ? {} : { tools: fc.constant(list), ...choosing(list) }),
        settings: fc.record(settings),
        chosen: fc.subarray(Object.keys(settings), { maxLength: 6 }),
      })
      .map(({ settings: all, chosen, ...rest }) => present({ ...rest, ...pick(all, chosen) })),
  )
}

function choosing(list: readonly Exclude<Tool, { type: 'provider' }>[]) {
  return { toolChoice: seldom(choiceAmong(list)), parallelToolCalls: seldom(fc.boolean()) }
}

const seldom = <T>(value: fc.Arbitrary<T>) => optional(value, 3)

function pick<T extends object>(object: T, names: readonly string[]): Partial<T> {
  const kept = Object.entries(object).filter(([name]) => names.includes(name))
  return Object.fromEntries(kept) as Partial<T>
}
