import { createHash } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import { type MessageHead, MessageParser } from '../http/message-parser.ts'
import { unaryText } from '../workload/answer.ts'
import { essenceDigest } from '../workload/essence-digest.ts'
import { anthropicUpstream } from '../workload/protocols/anthropic.ts'
import { chatUpstream } from '../workload/protocols/chat.ts'
import type { UpstreamProtocol } from '../workload/protocols/protocol.ts'
import { decodeModel, type Script } from '../workload/script.ts'
import { findModel } from './find-model.ts'
import { type Paced, Pacer } from './pacer.ts'

/** What has happened since the start; only ever grows. Requests for the model list are not counted. */
export interface UpstreamCounters {
  readonly requests: number
  readonly bodyBytes: number
  readonly finishedAnswers: number
  readonly abortedStreams: number
}

/** A provider on loopback that answers at once, from prepared buffers, what a request's model name asks for. */
export interface FakeUpstream {
  readonly server: Server
  counters(): UpstreamCounters
  /** Sends the next frame of the `lockstep` stream that is open. */
  step(): void
}

const answerFields = [
  'date: Fri, 20 Nov 2026 12:00:00 GMT',
  'x-request-id: req_5f1c0a7be93d4c21',
  'openai-processing-ms: 212',
  'openai-version: 2020-10-01',
  'x-ratelimit-limit-requests: 10000',
  'x-ratelimit-remaining-requests: 9999',
  'connection: keep-alive',
]
const modelList = jsonAnswer(
  '200 OK',
  Buffer.from(
    '{"object":"list","data":[{"id":"bench-unary","object":"model","created":1795132800}]}',
  ),
)
const unknown = jsonAnswer(
  '404 Not Found',
  Buffer.from('{"error":{"message":"not a benchmark request","type":"invalid_request_error"}}'),
)
const streamHead = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n${answerFields.join('\r\n')}\r\n\r\n`,
)
const lastChunk = Buffer.from('0\r\n\r\n')

/** Makes a fake upstream; the caller listens and closes. */
export function createFakeUpstream(): FakeUpstream {
  const counters = { requests: 0, bodyBytes: 0, finishedAnswers: 0, abortedStreams: 0 }
  const pacer = new Pacer()
  let lockstep: StreamAnswer | undefined

  const answer = (socket: Socket, startLine: string, body: readonly Buffer[]) => {
    if (!startLine.startsWith('POST ')) return socket.write(modelList)
    counters.requests += 1
    for (const bytes of body) counters.bodyBytes += bytes.length
    const script = decodeModel(findModel(body) ?? '')
    const protocol = protocolOf(startLine)
    if (script?.kind === 'stream' || script?.kind === 'lockstep') {
      const stream = new StreamAnswer(socket, { script, counters, frames: protocol.frames })
      if (script.kind === 'stream') return stream.finished || pacer.add(stream)
      lockstep = stream
      return
    }
    counters.finishedAnswers += 1
    socket.write(unaryReply(script, protocol, body))
  }

  return {
    server: createServer({ noDelay: true }, (socket) => serve(socket, answer)),
    counters: () => ({ ...counters }),
    step: () => lockstep?.step(),
  }
}

/** A provider is asked on the path of its protocol. */
function protocolOf(startLine: string): UpstreamProtocol {
  return startLine.includes(anthropicUpstream.path) ? anthropicUpstream : chatUpstream
}

const unaryBytes = {
  chat: jsonAnswer('200 OK', chatUpstream.answer(unaryText)),
  anthropic: jsonAnswer('200 OK', anthropicUpstream.answer(unaryText)),
}

function unaryReply(
  script: Script | undefined,
  protocol: UpstreamProtocol,
  body: readonly Buffer[],
): Buffer {
  if (script?.kind === 'unary') return unaryBytes[protocol.name]
  if (script?.kind !== 'digest' && script?.kind !== 'essence') return unknown
  const received = Buffer.concat(body)
  const told =
    script.kind === 'digest'
      ? digestOf(received)
      : essenceDigest(protocol.essence(JSON.parse(received.toString())))
  return jsonAnswer('200 OK', protocol.answer(told))
}

/** The text by which a `digest` answer tells what arrived. */
export function digestOf(body: Buffer): string {
  return `${body.length} bytes, sha256 ${createHash('sha256').update(body).digest('hex')}`
}

function serve(
  socket: Socket,
  answer: (socket: Socket, startLine: string, body: readonly Buffer[]) => void,
): void {
  let startLine = ''
  let body: Buffer[] = []
  const parser = new MessageParser('request', {
    onHead(head: MessageHead) {
      startLine = head.startLine
      body = []
    },
    onBody: (bytes) => body.push(bytes),
    onEnd: () => answer(socket, startLine, body),
  })
  socket.on('data', (bytes: Buffer) => {
    try {
      parser.push(bytes)
    } catch {
      socket.destroy()
    }
  })
  // A target that resets a connection is noticed by the driver and the counters.
  socket.on('error', () => socket.destroy())
}

interface StreamCounters {
  finishedAnswers: number
  abortedStreams: number
}

/** One streamed answer: every frame is a chunk of its own in a write of its own. */
class StreamAnswer implements Paced {
  readonly intervalMs: number
  readonly #socket: Socket
  readonly #chunks: readonly Buffer[]
  readonly #counters: StreamCounters
  #next = 2

  constructor(
    socket: Socket,
    {
      script,
      counters,
      frames,
    }: {
      readonly script: Extract<Script, { contents: number }>
      readonly counters: StreamCounters
      readonly frames: UpstreamProtocol['frames']
    },
  ) {
    this.intervalMs = script.kind === 'stream' ? script.intervalMs : 0
    this.#socket = socket
    this.#chunks = chunksOf(frames(script.contents))
    this.#counters = counters
    const [role, first] = this.#chunks
    socket.write(role === undefined ? streamHead : Buffer.concat([streamHead, role]))
    if (first !== undefined) socket.write(first)
  }

  get finished(): boolean {
    return this.#next >= this.#chunks.length
  }

  step(): boolean {
    const chunk = this.#chunks[this.#next]
    if (chunk === undefined) return false
    if (this.#socket.destroyed) {
      this.#counters.abortedStreams += 1
      this.#next = this.#chunks.length
      return false
    }
    this.#socket.write(chunk)
    this.#next += 1
    if (!this.finished) return true
    this.#counters.finishedAnswers += 1
    return false
  }
}

const chunksByFrames = new WeakMap<readonly Buffer[], readonly Buffer[]>()

/** The frames as HTTP chunks; the end of the body leaves with the last of them. */
function chunksOf(frames: readonly Buffer[]): readonly Buffer[] {
  const known = chunksByFrames.get(frames)
  if (known !== undefined) return known
  const chunks = frames.map((frame, index) =>
    Buffer.concat([
      Buffer.from(`${frame.length.toString(16)}\r\n`),
      frame,
      Buffer.from('\r\n'),
      ...(index === frames.length - 1 ? [lastChunk] : []),
    ]),
  )
  chunksByFrames.set(frames, chunks)
  return chunks
}

function jsonAnswer(status: string, body: Buffer): Buffer {
  const head = `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n${answerFields.join('\r\n')}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), body])
}
