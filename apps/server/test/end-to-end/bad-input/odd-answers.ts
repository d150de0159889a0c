import {
  anthropicMessage,
  anthropicStream,
  chatCompletion,
  chatStream,
  eventStream,
  geminiChunks,
  geminiResponse,
  geminiSse,
  type JsonObject,
  reply,
  responsesDocument,
  responsesStream,
  type ScriptStep,
  sseFrame,
} from '@jackfield/testkit'
import type { DialectName } from '../../compatibility/client.ts'

/** What is said in every odd answer, in pieces. */
export const oddText = ['Still ', 'under', 'stood.'] as const

const future = { zz_future: { of: ['a', 1, null, { provider: true }] } } as const
const unknownEvent = { type: 'zz.future.event', zz_future: [1], sequence_number: 9_000 }

/** An answer full of what no client and no gateway has heard of, around a text that all of them know. */
export function oddAnswer(provider: DialectName, stream: boolean): readonly ScriptStep[] {
  return stream ? eventStream(oddStream[provider]()) : reply(200, oddWhole[provider]())
}

const chatAnswer = { text: oddText, usage: { promptTokens: 1, completionTokens: 2 } } as const
const responsesAnswer = {
  items: [
    { type: 'raw', item: { type: 'zz_future_call', id: 'zz_1', status: 'completed', ...future } },
    { type: 'message', text: oddText },
  ],
} as const
const anthropicAnswer = {
  blocks: [
    { type: 'whole', block: { type: 'zz_future_block', ...future } },
    { type: 'text', text: oddText },
  ],
} as const
const geminiAnswer = { parts: [{ text: oddText }] } as const

const oddWhole: Readonly<Record<DialectName, () => unknown>> = {
  'openai-chat': () => withFuture(chatCompletion(chatAnswer)),
  'openai-responses': () => withFuture(responsesDocument(responsesAnswer, {})),
  'anthropic-messages': () => withFuture(anthropicMessage(anthropicAnswer)),
  gemini: () => withFuture(geminiResponse(geminiAnswer)),
}

const oddStream: Readonly<Record<DialectName, () => readonly string[]>> = {
  'openai-chat'() {
    const frames = chatStream(chatAnswer).map(oddFrame)
    const head = { id: 'chatcmpl-fake', object: 'zz.future.chunk', created: 1, model: 'fake-chat' }
    const strange = sseFrame({ ...head, choices: [], ...future })
    return [': a comment\n\n', ...frames.flatMap((frame) => [strange, frame])]
  },
  'openai-responses': () => [
    ': a comment\n\n',
    ...between(
      responsesStream(responsesAnswer, {}).map(oddFrame),
      sseFrame(unknownEvent, { event: unknownEvent.type }),
    ),
  ],
  'anthropic-messages'() {
    const frames = anthropicStream(anthropicAnswer).map(oddFrame)
    const delta = { type: 'zz_future_delta', ...future }
    const unknownDelta = sseFrame(
      { type: 'content_block_delta', index: 1, delta },
      { event: 'content_block_delta' },
    )
    const start = frames.findIndex((frame) => frame.includes('"text_delta"'))
    const withDelta = [...frames.slice(0, start + 1), unknownDelta, ...frames.slice(start + 1)]
    return [
      ': a comment\n\n',
      ...between(withDelta, sseFrame(unknownEvent, { event: unknownEvent.type })),
    ]
  },
  gemini() {
    const part = { zzFuturePart: future }
    const strange = { candidates: [{ content: { role: 'model', parts: [part] }, index: 0 }] }
    const chunks = geminiChunks(geminiAnswer).flatMap((chunk) => [strange, withFuture(chunk)])
    return [': a comment\r\n\r\n', ...geminiSse(chunks)]
  },
}

/** The strange event behind every event but the last. */
function between(frames: readonly string[], strange: string): readonly string[] {
  return frames.flatMap((frame, index) => (index < frames.length - 1 ? [frame, strange] : [frame]))
}

/** The frame with unknown members in every object of its JSON. */
function oddFrame(frame: string): string {
  return frame.replace(/^data: (\{.*\})$/m, (_, json: string) => {
    return `data: ${JSON.stringify(withFuture(JSON.parse(json)))}`
  })
}

function withFuture(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withFuture)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([name, member]) => [name, withFuture(member)])
  return { ...(Object.fromEntries(members) as JsonObject), ...future }
}

/** Answers whose numbers are null or missing. */
export function numberlessAnswer(provider: DialectName, stream: boolean): readonly ScriptStep[] {
  const strip = (value: unknown): unknown => {
    if (typeof value === 'number') return null
    if (Array.isArray(value)) return value.map(strip)
    if (typeof value !== 'object' || value === null) return value
    // A place among others is no count.
    const keeps = new Set(['index', 'output_index', 'content_index', 'sequence_number'])
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name,
        keeps.has(name) ? member : strip(member),
      ]),
    )
  }
  if (!stream) return reply(200, strip(plainWhole[provider]()))
  const frames = plainStream[provider]().map((frame) =>
    frame.replace(/^data: (\{.*\})(\r?)$/m, (_, json: string, end: string) => {
      return `data: ${JSON.stringify(strip(JSON.parse(json)))}${end}`
    }),
  )
  return eventStream(frames)
}

const plainItems = { items: [{ type: 'message', text: oddText }] } as const
const plainBlocks = { blocks: [{ type: 'text', text: oddText }] } as const

const plainWhole: Readonly<Record<DialectName, () => unknown>> = {
  'openai-chat': () => chatCompletion(chatAnswer),
  'openai-responses': () => responsesDocument(plainItems, {}),
  'anthropic-messages': () => anthropicMessage(plainBlocks),
  gemini: () => geminiResponse(geminiAnswer),
}

const plainStream: Readonly<Record<DialectName, () => readonly string[]>> = {
  'openai-chat': () => chatStream(chatAnswer, { usage: 'own-chunk' }),
  'openai-responses': () => responsesStream(plainItems, {}),
  'anthropic-messages': () => anthropicStream(plainBlocks),
  gemini: () => geminiSse(geminiChunks(geminiAnswer)),
}
