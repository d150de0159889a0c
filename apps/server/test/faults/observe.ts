import { type FaultLimit, renderFault, runFault } from '@jackfield/testkit'
import { type LogLine, openGateway } from '../end-to-end/harness.ts'
import type { Heard } from './clients/client.ts'
import { clients } from './clients/clients.ts'
import { type Fake, type Provider, providers, unforwarded, unstreamed } from './providers.ts'
import { type Received, type Recorder, startRecorder } from './recorder.ts'
import { type Lane, otherLaneOf, type Row, upstreamFraming, upstreamStreams } from './rows.ts'
import { runAll } from './run-all.ts'

/** What all keys of the operator begin with. None may reach a client or a log. */
export const secretPrefix = 'sk-operator-'

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
  /** What the gateway answered, byte for byte. */
  readonly received: Received
  /** How many answers the client asked for; its library must not ask again by itself. */
  readonly asked: number
  /** What the client’s library made of it. */
  readonly heard: Heard
  /** The targets in the order in which they were tried, with `…` where the gateway waited. */
  readonly visits: readonly string[]
  /** Requests, or connections for faults before a request, that each fake saw; absent where none can be seen. */
  readonly arrived: { readonly a?: number; readonly b: number }
  /** The lines of the call, of which there is to be one. */
  readonly calls: readonly LogLine[]
  /** Lines `attempt failed`. */
  readonly failures: readonly LogLine[]
  /** Lines `target changed`. */
  readonly changes: readonly LogLine[]
  /** All that the log says of the call and of its backends, as it was written. */
  readonly log: string
}

/** Many calls through one gateway. */
export interface Batch {
  readonly observations: readonly Observation[]
  /** Lines of the log that belong to none of the calls. */
  readonly strays: readonly LogLine[]
}

/** What must be the same for all calls of a gateway. */
export function settingsOf({ fault, held }: Row): object {
  return {
    max_wait: `${maxWaitMs}ms`,
    ...(held ? { hold: `${holdMs}ms`, keep_alive: `${holdMs}ms` } : {}),
    ...(fault.limits?.includes('response_bytes') ? { max_response_size: maxResponseSize } : {}),
  }
}

/** One call that is to be made: its row, its providers, and what it is known by in names. */
interface Cell {
  readonly row: Row
  readonly id: number
  readonly a: Fake
  readonly b?: Fake
}

/** Makes calls of equal {@link settingsOf}, at most so many at a time. Every one has providers, backends and keys of its own. */
export async function observe(rows: readonly Row[], atOnce: number): Promise<Batch> {
  await using stack = new AsyncDisposableStack()
  const cells = await Promise.all(rows.map((row, id) => cellOf(row, id, stack)))
  const [first] = rows
  if (first === undefined) return { observations: [], strays: [] }
  const gateway = await openGateway(
    JSON.stringify({
      ...settingsOf(first),
      backends: Object.fromEntries(cells.flatMap(backendsOf)),
    }),
  )
  stack.defer(gateway.close)
  const recorder = stack.use(await startRecorder(gateway.url))
  const heard = await runAll(cells, atOnce, (cell) => ask(cell, recorder))
  // Every line has been written then.
  await gateway.close()
  const { log } = gateway
  const observations = cells.map((cell, index) => {
    const own = heard[index]
    if (own === undefined) throw new Error('the call was not made')
    return observationOf(cell, { heard: own, answers: recorder.received(`${cell.id}`), log })
  })
  const owned = new Set(cells.flatMap((cell) => linesOf(cell, log)))
  return { observations, strays: log.filter((line) => !owned.has(line)) }
}

async function cellOf(row: Row, id: number, stack: AsyncDisposableStack): Promise<Cell> {
  const a = stack.use(await startFaulty(row, id))
  if (row.other !== 'backend') return { row, id, a }
  return {
    row,
    id,
    a,
    b: stack.use(await providerOf(otherLaneOf(row)).start({ keys: { [keyOf('b', id)]: 'ok' } })),
  }
}

function providerOf({ client, provider, way }: Lane): Provider {
  if (way === 'synthesize') return unstreamed
  return way === 'translate' && client === provider ? unforwarded : providers[provider]
}

const keyOf = (place: string, id: number): string => `${secretPrefix}${place}-${id}-0123456789`

async function startFaulty(row: Row, id: number): Promise<Fake> {
  const { fault, lane, other } = row
  const call = {
    dialect: lane.provider,
    stream: upstreamStreams(row),
    framing: upstreamFraming(row),
  } as const
  const provider = providerOf(lane)
  const keys = { [keyOf('a', id)]: 'ok', [keyOf('a2', id)]: 'ok' } as const
  if (other !== 'key') {
    const fake = await provider.start({ keys })
    await runFault(fake.server, fault, call)
    return fake
  }
  const { steps } = renderFault(fault, call)
  return await provider.start({
    keys,
    async *play(good, request) {
      if (provider.keyOf(request) !== keyOf('a', id)) yield* good
      else yield* typeof steps === 'function' ? await steps(request) : steps
    },
  })
}

function backendsOf({ row, id, a, b }: Cell): readonly (readonly [string, object])[] {
  const { other, fault, held } = row
  const limits = fault.limits ?? []
  const low = Object.entries(held ? heldLimits : lowLimits)
    .filter(([name]) => limits.includes(name as FaultLimit))
    .map(([name, ms]) => [name, `${ms}ms`])
  const members = (lane: Lane, fake: Fake, ...places: readonly string[]) => ({
    ...providerOf(lane).backend,
    base_url: fake.baseUrl,
    api_keys: places.map((place) => keyOf(place, id)),
    models: ['fake-chat'],
  })
  const keys = other === 'key' ? ['a', 'a2'] : ['a']
  return [
    [`a${id}`, { ...members(row.lane, a, ...keys), timeouts: Object.fromEntries(low) }],
    ...(b === undefined ? [] : [[`b${id}`, members(otherLaneOf(row), b, 'b')] as const]),
  ]
}

/** What the client calls its model: no other call does. */
function modelOf({ row, id }: Cell): string {
  return row.other === 'backend' ? `a${id}:fake-chat|b${id}:fake-chat` : `a${id}:fake-chat`
}

function ask(cell: Cell, recorder: Recorder): Promise<Heard> {
  const { lane, stream } = cell.row
  const url = recorder.urlOf(`${cell.id}`)
  return clients[lane.client].ask({ url, model: modelOf(cell), stream })
}

/** What the log and the recorder know of a call. */
function observationOf(
  cell: Cell,
  {
    heard,
    answers,
    log,
  }: Readonly<{
    heard: Heard
    answers: readonly Received[]
    log: readonly LogLine[]
  }>,
): Observation {
  const { row, a, b } = cell
  const lines = linesOf(cell, log)
  const of = (msg: string): readonly LogLine[] => lines.filter((line) => line.msg === msg)
  const [received] = answers
  if (received === undefined) throw new Error('the client got no answer')
  return {
    row,
    received,
    asked: answers.length,
    heard,
    visits: visitsIn(of('decision')),
    arrived: { ...arrivedAt(a, row), b: b?.server.requests.length ?? 0 },
    calls: of('call'),
    failures: of('attempt failed'),
    changes: of('target changed'),
    log: JSON.stringify(lines),
  }
}

/** Lines that name the call, its model or one of its backends. */
function linesOf(cell: Cell, log: readonly LogLine[]): readonly LogLine[] {
  const names: readonly unknown[] = [modelOf(cell), `a${cell.id}`, `b${cell.id}`]
  const calls = new Set(
    log.filter(({ msg, model }) => msg === 'call' && names.includes(model)).map(callIdOf),
  )
  return log.filter(
    (line) =>
      names.includes(line['backend']) || names.includes(line['model']) || calls.has(callIdOf(line)),
  )
}

function callIdOf(line: LogLine): unknown {
  return line['callId']
}

/** From the log’s own words on its decisions. A wait that was cut in two counts once. */
function visitsIn(decisions: readonly LogLine[]): readonly string[] {
  const decision = decisions[0]?.['decision']
  const entries = Array.isArray(decision) ? decision.map(String) : []
  const visits = entries.flatMap((entry) => {
    const [, backend, key] = /^attempt \d+: ([ab])\d+\.\S*(\[\d\])/.exec(entry) ?? []
    if (backend !== undefined) return [`${backend}${key}`]
    return entry.startsWith('waits ') ? ['…'] : []
  })
  return visits.filter((visit, index) => visit !== '…' || visits[index - 1] !== '…')
}

function arrivedAt({ server }: Fake, { fault }: Row): { readonly a?: number } {
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
export function describeObservation({ received, heard, visits, log }: Observation): string {
  const { status, whole, body } = received
  const shown = body.toString().slice(0, 2_000)
  return JSON.stringify({
    status,
    whole,
    visits,
    body: shown,
    heard,
    raised: String(heard.error),
    log,
  })
}
