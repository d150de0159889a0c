import { type FrameStyle, sseFrame } from '../sse-frame.ts'
import {
  type ChatAnswer,
  type ChatStyle,
  type CompleteAnswer,
  completeAnswer,
  wireCall,
  wireUsage,
} from './chat-answer.ts'

/** How a provider streams; the defaults are what OpenAI does when usage was not asked for. */
export interface ChatStreamStyle extends ChatStyle {
  /** Where `role` is: in a chunk of its own, in the first chunk with something in it, in every one, nowhere. */
  readonly role?: 'own-chunk' | 'with-first' | 'every-chunk' | 'absent'
  /** Where usage is: in a chunk without choices (`usage: null` in the others), on the finish chunk, nowhere. */
  readonly usage?: 'own-chunk' | 'last-chunk' | 'absent'
  /** Sends no finish reason. */
  readonly withoutFinish?: boolean
  /** Sends no `[DONE]`. */
  readonly withoutDone?: boolean
  /** A comment line before every chunk, as some providers send to keep the connection open. */
  readonly comment?: string
  readonly frame?: Pick<FrameStyle, 'crlf' | 'tight'>
}

/** One `delta` of one choice. */
type Delta = Readonly<Record<string, unknown>>

/** The events of a streamed answer (`chat.completion.chunk`), each with its blank line. */
export function chatStream(answer: ChatAnswer, style: ChatStreamStyle = {}): string[] {
  const complete = completeAnswer(answer, style)
  const choices = Array.from({ length: complete.choices }, (_, index) =>
    choiceChunks(complete, style, index),
  ).flat()
  const chunks = style.usage === 'own-chunk' ? [...choices, usageChunk(complete)] : choices
  const frames = chunks.map((chunk) => sseFrame(chunk, style.frame))
  const all = style.withoutDone ? frames : [...frames, sseFrame('[DONE]', style.frame)]
  const end = style.frame?.crlf ? '\r\n' : '\n'
  return style.comment === undefined
    ? all
    : all.map((frame) => `: ${style.comment}${end}${end}${frame}`)
}

function choiceChunks(
  answer: CompleteAnswer,
  style: ChatStreamStyle,
  index: number,
): readonly unknown[] {
  const deltas = withRole(deltasOf(answer, style), answer, style)
  const chunks = deltas.map((delta) => chunkOf(answer, style, { index, delta, finish: null }))
  if (style.withoutFinish) return chunks
  const finish = { index, delta: {}, finish: answer.finishReason }
  const last = chunkOf(answer, style, finish)
  const isLast = style.usage === 'last-chunk' && index === answer.choices - 1
  return [...chunks, isLast ? { ...last, usage: wireUsage(answer.usage) } : last]
}

function chunkOf(
  answer: CompleteAnswer,
  style: ChatStreamStyle,
  choice: { readonly index: number; readonly delta: Delta; readonly finish: string | null },
): Record<string, unknown> {
  const { index, delta, finish } = choice
  return {
    ...chunkHead(answer),
    choices: [{ index, delta, logprobs: null, finish_reason: finish }],
    ...(style.usage === 'own-chunk' && { usage: null }),
  }
}

function usageChunk(answer: CompleteAnswer): Record<string, unknown> {
  return { ...chunkHead(answer), choices: [], usage: wireUsage(answer.usage) }
}

function chunkHead({ head }: CompleteAnswer): Record<string, unknown> {
  const { id, created, model } = head
  return { id, object: 'chat.completion.chunk', created, model }
}

function withRole(
  deltas: readonly Delta[],
  answer: CompleteAnswer,
  style: ChatStreamStyle,
): readonly Delta[] {
  const role = { role: 'assistant' }
  switch (style.role ?? 'own-chunk') {
    case 'own-chunk':
      return [{ ...role, content: answer.toolCalls.length > 0 ? null : '' }, ...deltas]
    case 'with-first':
      return deltas.map((delta, position) => (position === 0 ? { ...role, ...delta } : delta))
    case 'every-chunk':
      return deltas.map((delta) => ({ ...role, ...delta }))
    case 'absent':
      return deltas
  }
}

function deltasOf(answer: CompleteAnswer, style: ChatStyle): readonly Delta[] {
  const reasoningField = style.reasoning === 'reasoning' ? 'reasoning' : 'reasoning_content'
  return [
    ...answer.reasoning.map((piece) => ({ [reasoningField]: piece })),
    ...answer.text.map((content) => ({ content })),
    ...answer.refusal.map((refusal) => ({ refusal })),
    ...answer.toolCalls.flatMap(({ id, name, type, fragments }, index) => [
      { tool_calls: [{ index, id, type, ...wireCall(type, { name, text: '' }) }] },
      ...fragments.map((text) => ({ tool_calls: [{ index, ...wireCall(type, { text }) }] })),
    ]),
  ]
}
