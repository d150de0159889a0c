import type { CallInput } from '@jackfield/core'
import { openaiChat } from '@jackfield/dialect-openai'
import { streamFrames } from '../../workload/answer.ts'
import { requestBody } from '../../workload/request-body.ts'
import type { MicroGroup } from '../registry.ts'

const sizes = [200, 10_000, 400_000]

/** What the client's dialect does for a forwarded call: it reads the head of the request, replaces the model, and watches the frames. */
export function dialectGroup(): MicroGroup {
  return {
    title: 'openai-chat, forwarding',
    cases: [
      { name: 'tap, one frame', call: tapFrame() },
      ...sizes.map((bytes) => ({ name: `head of ${bytes / 1_000} KB`, call: readHead(bytes) })),
      ...sizes.map((bytes) => ({
        name: `other model in ${bytes / 1_000} KB`,
        call: replaceModel(bytes),
      })),
    ],
  }
}

/** A chat call as a frontend would hand it over. */
export function chatInput(body: Uint8Array, signal: AbortSignal): CallInput {
  return {
    operation: 'chat',
    dialect: openaiChat,
    method: 'POST',
    path: '/v1/chat/completions',
    query: '',
    headers: { 'content-type': 'application/json', 'user-agent': 'OpenAI/JS 7.50.0' },
    body,
    signal,
  }
}

function tapFrame(): () => unknown {
  const [role, content] = streamFrames(1)
  if (role === undefined || content === undefined) throw new Error('a stream has frames')
  const tap = openaiChat.tap('sse')
  tap.push(role)
  return () => tap.push(content)
}

function readHead(bytes: number): () => unknown {
  const input = chatInput(longRequest(bytes), new AbortController().signal)
  return () => openaiChat.head(input)
}

function replaceModel(bytes: number): () => unknown {
  const body = longRequest(bytes)
  const head = openaiChat.head(chatInput(body, new AbortController().signal))
  return () => openaiChat.editRequest(body, head, { model: 'other-model' })
}

function longRequest(bytes: number): Buffer {
  return requestBody({ bytes, model: 'bench-unary', stream: false, modelAt: 'head' })
}
