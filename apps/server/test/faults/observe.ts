import {
  chatCompletion,
  chatStream,
  eventStream,
  type FaultLimit,
  type OpenAIChatFake,
  type RecordedRequest,
  renderFault,
  reply,
  runFault,
  type ScriptStep,
  startInternLMFake,
  startOpenAIChatFake,
} from '@jackfield/testkit'
import type OpenAI from 'openai'
import { type LogLine, openGateway, type TestGateway } from '../end-to-end/harness.ts'
import { post, type Received, readWithSdk, type SdkView } from './client.ts'
import { dialect, type Row, upstreamStreams } from './rows.ts'

/** Keys of the operator. Neither may reach a client or a log. */
export const keys = ['sk-first000111222333444555', 'sk-second00111222333444555'] as const

/** What the other backend, or the other key, answers. */
export const otherText = 'The other one answers.'

/** Between the hints of 1.5 s and 3 s. */
export const maxWaitMs = 2_000

/**
 * Limits that end faults which do not end by themselves, in milliseconds; low, so that nobody waits long. `idle` also holds where
 * bytes flow, so that a busy machine must not reach it.
 */
export const lowLimits = { connect: 100, first_byte: 100, idle: 2_500 } as const

/** The same for a client that is kept alive after {@link holdMs}. */
const heldLimits = { connect: 600, first_byte: 600, idle: 2_500 } as const

const holdMs = 100

/** `event_bytes` is the gateway's own and cannot be set. */
const maxResponseSize = '64KB'

/** Everything that one call showed. */
export interface Observation {
  readonly row: Row
  readonly received: Received
  readonly sdk: SdkView
  /** The targets in the order in which they were tried, with `…` where the gateway waited. */
  readonly visits: readonly string[]
  /** Requests, or connections for faults before a request, that each fake saw; absent where none can be seen. */
  readonly arrived: { readonly a?: number; readonly b: number }
  /** The one log line of the call. */
  readonly call: LogLine
  /** Lines `attempt failed`. */
  readonly failures: readonly LogLine[]
  /** Lines `target changed`. */
  readonly changes: readonly LogLine[]
  /** All of the log, as it was written. */
  readonly log: string
}

/** Makes one call through a gateway of its own, in front of providers of its own. */
export async function observe(row: Row): Promise<Observation> {
  await using stack = new AsyncDisposableStack()
  const a = stack.use(await startFake(row))
  const b = row.other === 'backend' ? stack.use(await startFake(row)) : undefined
  await fail(a, row)
  const gateway = await openGateway(configOf(row, a, b))
  stack.defer(() => gateway.close())
  const request = requestFor(row)
  const [received, call] = await Promise.all([
    post(`${gateway.url}/v1/chat/completions`, request),
    gateway.nextCall(),
  ])
  const sdk = await readWithSdk(received, request)
  return {
    row,
    received,
    sdk,
    visits: visitsIn(gateway),
    arrived: { ...arrivedAt(a, row), b: b?.server.requests.length ?? 0 },
    call,
    failures: gateway.log.filter(({ msg }) => msg === 'attempt failed'),
    changes: gateway.log.filter(({ msg }) => msg === 'target changed'),
    log: JSON.stringify(gateway.log),
  }
}

function startFake({ way }: Row): Promise<OpenAIChatFake> {
  const options = {
    keys: { [keys[0]]: 'ok', [keys[1]]: 'ok' },
    models: ['fake-chat'],
    answer: () => ({ text: otherText }),
  } as const
  return way === 'synthesize' ? startInternLMFake(options) : startOpenAIChatFake(options)
}

async function fail({ server }: OpenAIChatFake, row: Row): Promise<void> {
  const call = { dialect, stream: upstreamStreams(row) } as const
  if (row.other !== 'key') return await runFault(server, row.fault, call)
  const script = renderFault(row.fault, call)
  const { steps } = script
  server.respondWith(async (request: RecordedRequest) => {
    if (request.headers['authorization'] !== `Bearer ${keys[0]}`) return goodAnswer(call.stream)
    return typeof steps === 'function' ? await steps(request) : steps
  })
}

function goodAnswer(stream: boolean): readonly ScriptStep[] {
  const answer = { text: [otherText] }
  return stream
    ? eventStream(chatStream(answer, { usage: 'absent' }))
    : reply(200, chatCompletion(answer))
}

function requestFor({ other, stream }: Row): OpenAI.Chat.ChatCompletionCreateParams {
  return {
    model: other === 'backend' ? 'a:fake-chat|b:fake-chat' : 'a:fake-chat',
    messages: [{ role: 'user', content: 'Hello' }],
    stream,
  }
}

function configOf(row: Row, a: OpenAIChatFake, b: OpenAIChatFake | undefined): string {
  const limits = row.fault.limits ?? []
  const low = Object.entries(row.held ? heldLimits : lowLimits)
    .filter(([name]) => limits.includes(name as FaultLimit))
    .map(([name, ms]) => [name, `${ms}ms`])
  const backends = {
    a: { ...backendAt(a, row), timeouts: Object.fromEntries(low) },
    ...(b === undefined ? {} : { b: backendAt(b, row) }),
  }
  return JSON.stringify({
    backends,
    default_backend: 'a',
    max_wait: `${maxWaitMs}ms`,
    ...(row.held ? { hold: `${holdMs}ms`, keep_alive: `${holdMs}ms` } : {}),
    ...(limits.includes('response_bytes') ? { max_response_size: maxResponseSize } : {}),
  })
}

function backendAt({ baseUrl }: OpenAIChatFake, { way, other }: Row): object {
  return {
    type: way === 'synthesize' ? 'internlm' : 'openai-compatible',
    base_url: baseUrl,
    api_keys: other === 'key' ? keys : [keys[0]],
    models: ['fake-chat'],
    ...(way === 'translate' ? { forward: false } : {}),
  }
}

/** From the log’s own words on its decisions. A wait that was cut in two counts once. */
function visitsIn({ log }: TestGateway): readonly string[] {
  const decision = log.find(({ msg }) => msg === 'decision')?.['decision']
  const entries = Array.isArray(decision) ? decision.map(String) : []
  const visits = entries.flatMap((entry) => {
    const [, backend, key] = /^attempt \d+: (\w+)\.\S*(\[\d\])/.exec(entry) ?? []
    if (backend !== undefined) return [`${backend}${key}`]
    return entry.startsWith('waits ') ? ['…'] : []
  })
  return visits.filter((visit, index) => visit !== '…' || visits[index - 1] !== '…')
}

function arrivedAt({ server }: OpenAIChatFake, { fault }: Row): { readonly a?: number } {
  switch (fault.script.at) {
    case 'listener':
      return {}
    case 'connection':
      return { a: server.connections.length }
    case 'headers':
    case 'request':
      return { a: server.requests.length }
  }
}

/** For whoever must find out why a call was not as promised. */
export function describeObservation({ received, visits, log }: Observation): string {
  const { status, whole, body } = received
  return JSON.stringify({ status, whole, visits, body: body.toString().slice(0, 2_000), log })
}
