import type {
  AssistantPart,
  ChatResponse,
  Citation,
  Finish,
  OpaqueState,
  Usage,
} from '@jackfield/core'
import fc from 'fast-check'
import { optional, pixel, present } from './parts.ts'
import { text } from './texts.ts'

const citation: fc.Arbitrary<Citation> = fc
  .record({
    url: fc.constantFrom('https://x.test/a', 'https://x.test/b?c=d#e'),
    title: optional(text),
    quote: optional(text),
  })
  .map(present)

const textPart: fc.Arbitrary<AssistantPart> = fc
  .record({
    type: fc.constant('text' as const),
    text,
    citations: optional(fc.array(citation, { minLength: 1, maxLength: 2 }), 6),
  })
  .map(present)

/** State as providers of every protocol make it. */
const state: fc.Arbitrary<OpaqueState> = fc.constantFrom<OpaqueState>(
  { kind: 'signature', data: 'c2lnLWE=', origin: { dialect: 'anthropic-messages', scope: 'x' } },
  { kind: 'thought-signature', data: 'c2lnLWc=', origin: { dialect: 'gemini', scope: 'x' } },
  {
    kind: 'encrypted-content',
    data: 'ZW5jLXI=',
    id: 'rs_1',
    origin: { dialect: 'openai-responses', scope: 'x' },
  },
)

const reasoningPart: fc.Arbitrary<AssistantPart> = fc
  .record({
    type: fc.constant('reasoning' as const),
    form: fc.constantFrom('summary' as const, 'raw' as const),
    text,
    state: optional(
      state.map((one) => [one]),
      1,
    ),
  })
  .map(present)

const callPart: fc.Arbitrary<AssistantPart> = fc
  .record({
    type: fc.constant('tool-call' as const),
    callId: fc.constant(''),
    name: fc.stringMatching(/^[a-zA-Z_][\w-]{0,20}$/),
    kind: fc.constant('function' as const),
    arguments: fc
      .dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.oneof(text, fc.integer()), { maxKeys: 3 })
      .map((value) => JSON.stringify(value)),
    state: optional(
      fc.constant<readonly OpaqueState[]>([
        { kind: 'thought-signature', data: 'c2lnLWM=', origin: { dialect: 'gemini', scope: 'x' } },
      ]),
      4,
    ),
  })
  .map(present)

const otherPart: fc.Arbitrary<AssistantPart> = fc.oneof(
  text.map((refused) => ({ type: 'refusal' as const, text: refused })),
  fc.constant<AssistantPart>({
    type: 'image',
    source: { kind: 'base64', mediaType: 'image/png', data: pixel },
  }),
  fc.constant<AssistantPart>({
    type: 'provider',
    dialect: 'gemini',
    value: { executableCode: { language: 'PYTHON', code: 'print(1)' } },
  }),
)

const usage: fc.Arbitrary<Usage> = fc
  .record({
    cached: fc.nat({ max: 500 }),
    fresh: fc.nat({ max: 500 }),
    reasoning: fc.nat({ max: 500 }),
    said: fc.nat({ max: 500 }),
  })
  .map(({ cached, fresh, reasoning, said }) => ({
    inputTokens: cached + fresh,
    cachedInputTokens: cached,
    outputTokens: reasoning + said,
    reasoningTokens: reasoning,
  }))

const reasons = ['stop', 'length', 'content-filter', 'other'] as const

/** Any answer of any provider, in the order in which models give them. */
export const chatResponse: fc.Arbitrary<ChatResponse> = fc
  .record({
    id: optional(fc.constantFrom('chatcmpl-1', 'resp_1', 'msg_01')),
    model: optional(fc.constantFrom('gpt-5.4', 'claude "x"')),
    created: optional(fc.constant(1_700_000_001)),
    content: fc.array(
      fc.oneof(
        { weight: 4, arbitrary: textPart },
        { weight: 3, arbitrary: reasoningPart },
        { weight: 3, arbitrary: callPart },
        { weight: 1, arbitrary: otherPart },
      ),
      { maxLength: 6 },
    ),
    reason: fc.constantFrom(...reasons),
    usage: optional(usage, 1),
  })
  .map(({ content, reason, ...rest }) => {
    const calls = content.some(({ type }) => type === 'tool-call')
    const finish: Finish = { reason: calls ? 'tool-calls' : reason }
    return present({ ...rest, content: content.map(withId), finish })
  })

function withId(part: AssistantPart, index: number): AssistantPart {
  return part.type === 'tool-call' ? { ...part, callId: `call_${index}` } : part
}
