import {
  type Backend,
  type BodySource,
  createGateway,
  type Dialect,
  type EncodeContext,
  type Framing,
  fixedTargets,
  type StreamPart,
  type WireRequest,
} from '@jackfield/core'
import { anthropicMessages } from '@jackfield/dialect-anthropic'
import { gemini } from '@jackfield/dialect-gemini'
import { openaiChat, openaiResponses } from '@jackfield/dialect-openai'
import { expect, it } from 'vitest'

interface Protocol {
  readonly dialect: Dialect
  readonly path: string
  readonly body: object
  /** What a path says instead of the body. */
  readonly streamPath?: string
}

const messages = [{ role: 'user', content: 'Hello' }]
const contents = [{ role: 'user', parts: [{ text: 'Hello' }] }]

const protocols: readonly Protocol[] = [
  { dialect: openaiChat, path: '/v1/chat/completions', body: { messages } },
  { dialect: openaiResponses, path: '/v1/responses', body: { input: 'Hello' } },
  { dialect: anthropicMessages, path: '/v1/messages', body: { max_tokens: 9, messages } },
  {
    dialect: gemini,
    path: '/v1beta/models/m:generateContent',
    streamPath: '/v1beta/models/m:streamGenerateContent',
    body: { contents },
  },
]

const cells = protocols.flatMap((protocol) =>
  protocols.flatMap(({ dialect }) =>
    [true, false].map(
      (stream) =>
        [
          protocol.dialect.name,
          dialect.name,
          stream ? 'a stream' : 'one piece',
          { protocol, dialect, stream },
        ] as const,
    ),
  ),
)

const block: readonly StreamPart[] = [
  { type: 'text-start', id: 't' },
  { type: 'text-delta', id: 't', text: 'words' },
  { type: 'text-end', id: 't' },
]

/** A good answer of a provider, with something in it or not. */
function answerOf(dialect: Dialect, framing: Framing, isEmpty: boolean): Uint8Array {
  const context: EncodeContext = { model: 'm', id: 'i', created: 1, framing, includeUsage: false }
  const usage = { inputTokens: 1, outputTokens: isEmpty ? 0 : 1 }
  const finish = { reason: 'stop' as const }
  if (framing === 'json') {
    const content = isEmpty ? [] : [{ type: 'text' as const, text: 'words' }]
    return dialect.chat.encodeResponse({ id: 'i', model: 'm', content, usage, finish }, context)
  }
  return dialect.chat
    .streamEncoder(context)
    .push([
      { type: 'start', id: 'i', model: 'm' },
      ...(isEmpty ? [] : block),
      { type: 'usage', usage },
      { type: 'finish', ...finish },
    ])
}

function bodyOf(bytes: Uint8Array): BodySource {
  return {
    start(receiver) {
      receiver.data(bytes)
      receiver.end()
    },
    pause: () => {},
    resume: () => {},
    cancel: () => {},
  }
}

/** A provider whose first answer is empty. */
async function openGateway(dialect: Dialect, sent: WireRequest[]) {
  const create = (): Backend => ({
    operations: new Set(['chat']),
    targets: fixedTargets([{ id: 'k', name: 'k', weight: 1, stateScope: 'k' }], {
      strategy: 'round-robin',
      affinity: 'none',
    }),
    handling: (_head, call) =>
      call.dialect === dialect.name
        ? { way: 'forward', surface: 'main', dialect }
        : { way: 'translate', surface: 'main', dialect, streaming: 'as-asked' },
    send: async (request) => {
      sent.push(request)
      const { framing } = request
      const body = bodyOf(answerOf(dialect, framing, sent.length === 1))
      return { ok: { status: 200, headers: {}, framing, body } }
    },
  })
  return await createGateway({
    config: {
      backends: [
        { name: 'b', plugin: { apiVersion: 1, type: 'b', options: {}, create }, options: {} },
      ],
      limits: { retryEmptyAnswers: 1 },
    },
  })
}

it.each(cells)(
  'a client of %s gets another answer where one of %s, as %s, has nothing in it',
  async (_client, _provider, _form, { protocol, dialect, stream }) => {
    const sent: WireRequest[] = []
    const gateway = await openGateway(dialect, sent)
    const { path, streamPath = path, body } = protocol
    let text = ''
    const take = (chunk?: Uint8Array) => {
      text += Buffer.from(chunk ?? []).toString()
      return true
    }

    await gateway.handle(
      {
        operation: 'chat',
        dialect: protocol.dialect,
        method: 'POST',
        path: stream ? streamPath : path,
        query: stream && protocol.streamPath !== undefined ? 'alt=sse' : '',
        headers: {},
        body: Buffer.from(
          JSON.stringify(
            protocol.streamPath === undefined ? { model: 'm', stream, ...body } : body,
          ),
        ),
        signal: new AbortController().signal,
      },
      { start: () => {}, write: take, end: take, destroy: () => {}, onDrain: () => {} },
    )
    await gateway.close({ graceMs: 0 })

    expect(sent).toHaveLength(2)
    expect(text).toContain('words')
  },
)
