import type {
  AssistantPart,
  ChatRequest,
  Message,
  Tool,
  ToolResultPart,
  UserPart,
} from '@jackfield/core'
import fc from 'fast-check'
import { someState } from './arbitrary-parts.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 10 })
const callId = fc.constantFrom('call_1', 'call_2', 'functions.get:0', '', 'x'.repeat(200))
const toolName = fc.constantFrom('get', 'a.b/c', 'other tool', 'json')
const cache = fc.constantFrom(undefined, {}, { ttl: '1h' } as const, { ttl: '5m' } as const)

const textPart = fc.tuple(text, cache).map(
  ([words, mark]): Extract<UserPart, { type: 'text' }> => ({
    type: 'text',
    text: words,
    ...(mark === undefined ? {} : { cache: mark }),
  }),
)
const mediaPart = fc.constantFrom<UserPart>(
  { type: 'image', source: { kind: 'base64', mediaType: 'image/jpg', data: 'AAAA' } },
  { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' }, detail: 'low' },
  {
    type: 'file',
    name: 'a.pdf',
    source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' },
  },
  { type: 'file', source: { kind: 'text', mediaType: 'text/markdown', text: '# x' } },
  { type: 'file', source: { kind: 'base64', mediaType: 'text/csv', data: 'YSxi' } },
  { type: 'provider', dialect: 'gemini', value: { executableCode: {} } },
)
const userPart = fc.oneof(textPart, mediaPart)

const assistantPart: fc.Arbitrary<AssistantPart> = fc.oneof(
  textPart,
  text.map((words) => ({ type: 'refusal', text: words }) as const),
  fc
    .tuple(text, fc.array(someState, { maxLength: 2 }))
    .map(([words, state]) => ({ type: 'reasoning', form: 'summary', text: words, state }) as const),
  fc
    .record({ callId, name: toolName, kind: fc.constantFrom('function', 'custom'), args: text })
    .map(({ args, ...call }) => ({ type: 'tool-call', ...call, arguments: args }) as const),
  fc.constant<AssistantPart>({ type: 'image', source: { kind: 'url', url: 'https://x.test' } }),
)

const result: fc.Arbitrary<ToolResultPart> = fc
  .record({
    callId,
    content: fc.array(userPart, { maxLength: 2 }),
    failed: fc.constantFrom(undefined, true, false),
  })
  .map(({ callId: id, content, failed }) => ({
    type: 'tool-result',
    callId: id,
    kind: 'function',
    content,
    ...(failed === undefined ? {} : { failed }),
  }))

const message: fc.Arbitrary<Message> = fc.oneof(
  fc.array(textPart, { maxLength: 2 }).map((content) => ({ role: 'system', content }) as const),
  fc.array(userPart, { maxLength: 3 }).map((content) => ({ role: 'user', content }) as const),
  fc
    .array(assistantPart, { maxLength: 4 })
    .map((content) => ({ role: 'assistant', content }) as const),
  fc.array(result, { maxLength: 3 }).map((content) => ({ role: 'tool', content }) as const),
)

const tool = fc.oneof(
  toolName.map((name): Tool => ({ type: 'function', name, parameters: { type: 'object' } })),
  toolName.map((name): Tool => ({ type: 'function', name, strict: true })),
  toolName.map(
    (name): Tool => ({ type: 'custom', name, format: { syntax: 'regex', definition: 'a+' } }),
  ),
  fc.constant<Tool>({
    type: 'provider',
    dialect: 'openai-responses',
    value: { type: 'web_search' },
  }),
)

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })

/** Any canonical request: histories that no strict provider takes as they are, and parameters of every protocol. */
export const anyRequest: fc.Arbitrary<ChatRequest> = fc
  .record({
    model: fc.constantFrom(
      ...['claude-3-haiku-20240307', 'claude-3-7-sonnet-latest', 'claude-sonnet-4-5'],
      ...['claude-opus-4-6', 'claude-opus-4-8', 'claude-sonnet-5', 'glm-5'],
    ),
    messages: fc.array(message, { minLength: 1, maxLength: 8 }),
    stream: fc.boolean(),
    includeUsage: fc.constant(true),
    tools: optional(fc.uniqueArray(tool, { maxLength: 3, selector: nameOf })),
    toolChoice: optional(
      fc.constantFrom<NonNullable<ChatRequest['toolChoice']>>(
        { type: 'auto' },
        { type: 'none' },
        { type: 'required' },
        { type: 'tool', kind: 'function', name: 'get' },
        { type: 'allowed', mode: 'required', names: ['get'] },
      ),
    ),
    parallelToolCalls: optional(fc.boolean()),
    output: optional(
      fc.constantFrom<NonNullable<ChatRequest['output']>>(
        { type: 'json' },
        { type: 'text' },
        { type: 'json-schema', schema: { type: 'object', properties: { a: { minimum: 1 } } } },
      ),
    ),
    reasoning: optional(
      fc.constantFrom<NonNullable<ChatRequest['reasoning']>>(
        { effort: 'none' },
        { effort: 'minimal' },
        { effort: 'high', show: true },
        { effort: 'max' },
        { budget: 100 },
        { budget: 'dynamic' },
        { enabled: true },
        { enabled: false },
      ),
    ),
    maxOutputTokens: optional(fc.constantFrom(1, 500, 1024, 4096, 1_000_000)),
    temperature: optional(fc.double({ min: 0, max: 2, noNaN: true })),
    topP: optional(fc.double({ min: 0, max: 1, noNaN: true })),
    topK: optional(fc.integer({ min: 1, max: 100 })),
    stop: optional(fc.array(text, { maxLength: 2 })),
    seed: optional(fc.nat()),
    serviceTier: optional(fc.constantFrom('auto', 'default', 'flex')),
    endUser: optional(fc.constant('u')),
  })
  .map((members) => defined(members))
  .filter(namesItsTool)

function nameOf(one: Tool): string {
  return one.type === 'provider' ? ' ' : one.name
}

/** A choice of a tool that is not there is the client's fault, and stays it. */
function namesItsTool({ toolChoice, tools = [] }: ChatRequest): boolean {
  return toolChoice?.type !== 'tool' || tools.some((one) => nameOf(one) === toolChoice.name)
}

/** Absent is absent, never `undefined`. */
function defined(members: object): ChatRequest {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as unknown as ChatRequest
}
