import {
  type AnswerSink,
  type BackendPlugin,
  type BodySource,
  createGateway,
  fixedTargets,
  type WireResult,
} from '@jackfield/core'
import { openaiChat } from '@jackfield/dialect-openai'
import { streamFrames, unaryAnswer } from '../../workload/answer.ts'
import { requestBody } from '../../workload/request-body.ts'
import type { MicroGroup } from '../registry.ts'
import { chatInput } from './dialect.ts'

const contents = 60
const frames = streamFrames(contents)

/**
 * What the whole pipeline adds to a forwarded call, without any HTTP: the backend answers at once from memory and the sink throws the
 * bytes away.
 */
export async function wholeCallGroup(): Promise<MicroGroup> {
  const gateway = await createGateway({
    config: {
      backends: [{ name: 'null', plugin: nullBackend, options: {} }],
      defaultBackend: 'null',
    },
  })
  const callCase = async (name: string, bytes: number, stream: boolean) => {
    const body = requestBody({ bytes, model: 'bench-unary', stream, modelAt: 'head' })
    const call = async () => {
      const sink = new NullSink()
      await gateway.handle(chatInput(body, new AbortController().signal), sink)
      return sink
    }
    expectWhole(name, await call(), stream)
    return { name, call }
  }
  return {
    title: 'Whole forwarded call, null backend',
    cases: [
      await callCase('unary, 0.2 KB', 200, false),
      await callCase('unary, 10 KB', 10_000, false),
      await callCase('unary, 400 KB', 400_000, false),
      await callCase(`stream of ${frames.length} frames, 10 KB`, 10_000, true),
    ],
  }
}

/** A refused call costs less than an answered one and must not be taken for it. */
export function expectWhole(name: string, sink: NullSink, stream: boolean): void {
  const expected = (stream ? frames : [unaryAnswer]).reduce((sum, { length }) => sum + length, 0)
  if (sink.status === 200 && sink.bytes === expected) return
  throw new Error(`${name}: status ${sink.status}, ${sink.bytes} of ${expected} bytes`)
}

/** Throws an answer away. */
export class NullSink implements AnswerSink {
  status = 0
  bytes = 0

  start(status: number): void {
    this.status = status
  }

  write(chunk: Uint8Array): boolean {
    this.bytes += chunk.length
    return true
  }

  end(chunk?: Uint8Array): void {
    this.bytes += chunk?.length ?? 0
  }

  destroy(): void {}

  onDrain(): void {}
}

/** Answers at once from memory. */
export const nullBackend: BackendPlugin = {
  apiVersion: 1,
  type: 'null',
  options: { type: 'object', properties: {}, additionalProperties: false },
  create: (_options, { name }) => ({
    operations: new Set(['chat']),
    targets: fixedTargets(
      ['one', 'two'].map((target) => ({
        id: `${name} ${target}`,
        name: target,
        weight: 1,
        stateScope: 'null',
      })),
      { strategy: 'round-robin', affinity: 'none' },
    ),
    handling: () => ({ way: 'forward', surface: 'chat', dialect: openaiChat }),
    send: async ({ framing }) => (framing === 'sse' ? streamed() : whole()),
  }),
}

function whole(): WireResult {
  const headers = { 'content-type': 'application/json' }
  return { ok: { status: 200, headers, framing: 'json', body: bodyOf([unaryAnswer]) } }
}

function streamed(): WireResult {
  const headers = { 'content-type': 'text/event-stream' }
  return { ok: { status: 200, headers, framing: 'sse', body: bodyOf(frames) } }
}

function bodyOf(chunks: readonly Buffer[]): BodySource {
  return {
    start(receiver) {
      for (const chunk of chunks) receiver.data(chunk)
      receiver.end()
    },
    pause() {},
    resume() {},
    cancel() {},
  }
}
