import {
  type FakeServer,
  renderFault,
  type Script,
  type ScriptStep,
  startFakeServer,
} from '@jackfield/testkit'
import type { DialectName, SdkClient } from '../../compatibility/client.ts'
import { anthropicClient } from '../../compatibility/clients/anthropic.ts'
import { chatClient } from '../../compatibility/clients/chat.ts'
import { geminiClient } from '../../compatibility/clients/gemini.ts'
import { responsesClient } from '../../compatibility/clients/responses.ts'
import { openGateway, type TestGateway } from '../harness.ts'
import { wires } from '../wires.ts'
import { type Cell, cells, keyOf } from './cells.ts'

/** What became of one call. */
export interface Observation {
  readonly cell: Cell
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
  /** What the official library raised through the gateway. */
  readonly raised: unknown
  /** What it raised at the provider itself, where the protocols are the same. */
  readonly raisedDirectly?: unknown
}

const clients: Readonly<Record<DialectName, (url: string, model: string) => SdkClient>> = {
  'openai-chat': chatClient,
  'openai-responses': responsesClient,
  'anthropic-messages': anthropicClient,
  gemini: geminiClient,
}

const byKey = new Map(cells.map((cell) => [keyOf(cell), cell]))
const version: Readonly<Record<DialectName, string>> = {
  'openai-chat': 'v1',
  'openai-responses': 'v1',
  'anthropic-messages': 'v1',
  gemini: 'v1beta',
}

const types: Readonly<Record<DialectName, object>> = {
  'openai-chat': { type: 'openai-compatible' },
  'openai-responses': {
    type: 'openai',
    dialect: 'openai-responses',
    speaks: ['openai-responses'],
  },
  'anthropic-messages': { type: 'anthropic' },
  // Alone: otherwise the provider's surface for OpenAI's protocol would be asked, in that protocol.
  gemini: { type: 'gemini', speaks: ['gemini'] },
}

/** What all keys of the providers begin with. */
export const secretPrefix = 'sk-operator-'

/** One gateway and one failing provider for all calls. Every call has backends of its own, so that none cools another. */
export interface FailingWorld {
  observe(cell: Cell): Promise<Observation>
  readonly gateway: TestGateway
  close(): Promise<void>
}

export async function startFailingWorld(): Promise<FailingWorld> {
  const provider = await startFakeServer((request) => failureFor(request.path))
  const gateway = await openGateway(
    JSON.stringify({
      backends: Object.fromEntries(cells.flatMap((cell) => backendsOf(cell, provider))),
      max_tries: 1,
      max_wait: 0,
    }),
  )
  return {
    gateway,
    observe: (cell) => observe(cell, gateway, provider),
    async close() {
      await gateway.close()
      await provider.close()
    },
  }
}

/** The first member of the path says which failure is wanted. */
function failureFor(path: string): readonly ScriptStep[] {
  const cell = byKey.get(path.split('/')[1] ?? '')
  if (cell === undefined) throw new Error(`no failure is known for ${path}`)
  const { steps }: Script = renderFault(cell.fault, { dialect: cell.provider, stream: cell.stream })
  return typeof steps === 'function' ? (steps(undefined as never) as ScriptStep[]) : steps
}

/** Two, for the two calls of a cell: what shares a key shares its rest after a failure. */
function backendsOf(cell: Cell, { url }: FakeServer): (readonly [string, object])[] {
  const key = keyOf(cell)
  const backend = {
    ...types[cell.provider],
    base_url: `${url}/${key}/${version[cell.provider]}`,
    models: ['fake-chat'],
    timeouts: timeoutsOf(cell),
  }
  return ['raw', 'sdk'].map((call) => [
    `${key}-${call}`,
    { ...backend, api_keys: [`${secretPrefix}${key}-${call}`] },
  ])
}

function timeoutsOf({ fault: { limits = [] } }: Cell): object {
  return {
    ...(limits.includes('first_byte') ? { first_byte: '100ms' } : {}),
    ...(limits.includes('idle') ? { idle: '1s' } : {}),
  }
}

async function observe(
  cell: Cell,
  gateway: TestGateway,
  provider: FakeServer,
): Promise<Observation> {
  const { client, stream } = cell
  const model = `${keyOf(cell)}-raw:fake-chat`
  const { path, body } = wires[client]
  const answer = await fetch(`${gateway.url}${path(model, stream)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body(model, stream)),
  })
  const { status, headers } = answer
  const isDirect = client === cell.provider && cell.fault.limits === undefined
  return {
    cell,
    status,
    headers,
    body: Buffer.from(await answer.bytes()),
    raised: await raisedBy(clients[client](gateway.url, `${keyOf(cell)}-sdk:fake-chat`), stream),
    ...(isDirect
      ? {
          raisedDirectly: await raisedBy(
            clients[client](`${provider.url}/${keyOf(cell)}`, 'fake-chat'),
            stream,
          ),
        }
      : {}),
  }
}

function raisedBy(client: SdkClient, stream: boolean): Promise<unknown> {
  return client.ask({ turns: [{ user: 'Hi' }] }, { stream }).then(
    () => undefined,
    (error: unknown) => error,
  )
}
