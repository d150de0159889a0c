import type { ChatRequest, Dialect, EncodeContext, StreamPart } from '@jackfield/core'
import { anthropicMessages } from '@jackfield/dialect-anthropic'
import { gemini } from '@jackfield/dialect-gemini'
import { openaiChat, openaiResponses } from '@jackfield/dialect-openai'
import { pieceText } from '../../workload/answer.ts'
import { translated, type Way } from '../../workload/protocols/way.ts'
import { requestBody } from '../../workload/request-body.ts'
import type { MicroGroup } from '../registry.ts'

const dialects = [openaiChat, anthropicMessages, openaiResponses, gemini]
const byProtocol = {
  chat: openaiChat,
  anthropic: anthropicMessages,
  responses: openaiResponses,
}

const start: readonly StreamPart[] = [
  { type: 'start', id: 'bench-0000000000', model: 'bench-model-11', created: 1_795_132_800 },
  { type: 'text-start', id: 't0' },
  { type: 'text-delta', id: 't0', text: pieceText(0) },
]

/** What one piece of a streamed text costs each protocol: to read, and to write. */
export function deltaGroup(): MicroGroup {
  const chunk = deltaBytes(openaiChat).toString().slice('data: '.length)
  return {
    title: 'Streamed piece of text',
    cases: [
      {
        name: 'JSON.parse and JSON.stringify of a chat chunk',
        call: () => JSON.stringify(JSON.parse(chunk)),
      },
      ...dialects.map((dialect) => ({
        name: `decode ${dialect.name}`,
        call: decodeDelta(dialect),
      })),
      ...dialects.map((dialect) => ({
        name: `encode ${dialect.name}`,
        call: encodeDelta(dialect),
      })),
    ],
  }
}

/** What a request costs to be read in one protocol and written in another, beside a parse and a serialisation of the same body. */
function requestGroup(way: Way, bytes: number): MicroGroup {
  const body = requestBody({
    client: way.client,
    bytes,
    model: 'bench-unary',
    stream: false,
    modelAt: 'head',
  })
  const from = byProtocol[way.client.name]
  const to = byProtocol[way.upstream.name]
  const head = from.head({
    operation: 'chat',
    dialect: from,
    method: 'POST',
    path: way.client.path,
    query: '',
    headers: { 'content-type': 'application/json' },
    body,
    signal: new AbortController().signal,
  })
  const decode = () => from.chat.decodeRequest(body, head)
  const encode = (request: ChatRequest) =>
    Buffer.from(JSON.stringify(to.chat.encodeRequest(request).body))
  const request = decode()
  return {
    title: `Request of ${bytes / 1_000} KB, ${way.name}`,
    cases: [
      {
        name: 'JSON.parse and JSON.stringify of the body',
        call: () => Buffer.from(JSON.stringify(JSON.parse(body.toString()))),
      },
      { name: 'decode', call: decode },
      { name: 'encode and JSON.stringify', call: () => encode(request) },
      { name: 'all of it', call: () => encode(decode()) },
    ],
  }
}

/** A group for each way. */
export const requestGroups = translated.map((way) => () => requestGroup(way, 200_000))

function contextOf(): EncodeContext {
  const model = 'bench-unary'
  return { model, id: '0', created: 1_795_132_800, framing: 'sse', includeUsage: true }
}

function encodeDelta({ chat }: Dialect): () => unknown {
  // Encoders may keep the texts, as the finished answer repeats them: after so many pieces another answer begins.
  let left = 0
  let encoder = chat.streamEncoder(contextOf())
  const parts: readonly StreamPart[] = [{ type: 'text-delta', id: 't0', text: pieceText(1) }]
  return () => {
    if (left === 0) {
      left = 1_000
      encoder = chat.streamEncoder(contextOf())
      encoder.push(start)
    }
    left -= 1
    return encoder.push(parts)
  }
}

function deltaBytes({ chat }: Dialect): Uint8Array {
  const encoder = chat.streamEncoder(contextOf())
  encoder.push(start)
  return encoder.push([{ type: 'text-delta', id: 't0', text: pieceText(1) }])
}

function decodeDelta(dialect: Dialect): () => unknown {
  const decoder = dialect.chat.streamDecoder('sse')
  const opening = dialect.chat.streamEncoder(contextOf()).push(start)
  decoder.push(opening)
  const delta = deltaBytes(dialect)
  if (decoder.push(delta).length !== 1) throw new Error(`${dialect.name}: a piece is one part`)
  return () => decoder.push(delta)
}
