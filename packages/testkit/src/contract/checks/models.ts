import assert from 'node:assert/strict'
import { isGatewayError, type Model, type Principal } from '@jackfield/core'
import { reply, type ScriptStep } from '../../fake/script.ts'
import { type Check, type LaneCheck, onLanes, type Theme } from '../check.ts'
import { unwanted } from '../direct.ts'
import type { Lane } from '../lanes.ts'
import { goodAnswer } from '../reading.ts'
import { RecordingLog } from '../rig/recording-log.ts'
import type { Rig } from '../rig/rig.ts'
import { within } from '../waiting.ts'

const someone: Principal = { id: 'local', name: 'local' }

/** Lists as providers write them, all with the one model `odd-model`. */
const oddLists: Readonly<Record<string, unknown>> = {
  'bare-list': [{ id: 'odd-model' }],
  'below-models': { models: [{ name: 'odd-model' }] },
  'names-only': { data: ['odd-model'] },
  'broken-entries': { data: [null, 7, {}, { id: '' }, { id: null }, { id: 'odd-model' }] },
  'unknown-members': { data: [{ id: 'odd-model', price: [1], created: null }], next: null },
}

const json = { 'content-type': 'application/json' }
const noList: Readonly<Record<string, readonly ScriptStep[]>> = {
  failure: reply(500, { error: { message: 'no' } }),
  'rejected-key': reply(401, { error: { message: 'no' } }),
  'web-page': reply(200, '<html>', { 'content-type': 'text/html' }),
  'other-document': reply(200, { data: 'none' }),
  'half-document': reply(200, '{"data":[{"id":', json),
  'lost-connection': [{ do: 'cut' }],
}

const usable: LaneCheck<Lane> = {
  id: 'models.usable',
  title: 'lists models that can be asked for',
  async run(hands, lane) {
    const rig = await hands.rig()
    const listed = await rig.gateway.models(someone)
    const ids = listed.map(({ id }) => id)
    const id = ids.find((each) => each.endsWith(hands.subject.model)) ?? ids[0]
    assert.ok(id !== undefined, 'there are models')

    goodAnswer(await rig.ask(lane, { model: id }))
  },
}

const noTraffic: Check = {
  id: 'models.no-traffic',
  title: 'lists its own models without asking anybody',
  async run(hands) {
    const rig = await hands.rig()

    await rig.gateway.models(someone)

    assert.equal(rig.server.requests.length, 0)
  },
}

const upstream: Check = {
  id: 'models.upstream',
  title: 'lists the models of the provider',
  async run(hands) {
    const rig = await hands.rig()

    const listed = await list(rig)

    assert.ok(listed.some((model) => namesOf(model).includes(hands.subject.model)))
  },
}

function reads([id, document]: readonly [string, unknown]): Check {
  return {
    id: `models.${id}`,
    title: `reads the names of models from ${JSON.stringify(document)}`,
    async run(hands) {
      const rig = await hands.rig()
      rig.server.respondWith(reply(200, document))

      const listed = await list(rig)

      assert.ok(
        listed.some(({ id }) => id.endsWith('odd-model')),
        JSON.stringify(listed),
      )
      assert.ok(listed.every(({ id }) => typeof id === 'string' && id !== ''))
    },
  }
}

function survives([id, steps]: readonly [string, readonly ScriptStep[]]): Check {
  return {
    id: `models.${id}`,
    title: `knows its models, or says that it does not, when the provider gives no list: ${id}`,
    async run(hands) {
      const rig = await hands.rig()
      rig.server.respondWith(steps)
      const isKnown = hands.subject.capabilities.models === 'upstream-or-known'

      const outcome = await list(rig).then(
        (listed) => (listed.length > 0 ? 'a list' : 'an empty list'),
        (error: unknown) => (isGatewayError(error) ? 'an error' : `a bare error: ${String(error)}`),
      )

      assert.equal(outcome, isKnown ? 'a list' : 'an error')
    },
  }
}

const aborted: Check = {
  id: 'models.aborted',
  title: 'stops asking for models when nobody waits any more',
  async run(hands) {
    const rig = await hands.rig()
    rig.server.respondWith([{ do: 'hang' }])
    const controller = new AbortController()
    const listing = list(rig, controller.signal).catch(() => [])
    const request = await rig.arrival(1)

    controller.abort(unwanted())

    await within(1_000, listing, 'models() did not settle')
    await within(1_000, rig.server.waitForAbort(request), 'the connection was not closed')
  },
}

/** The list of models, whatever the provider says of it. */
export const models: Theme = ({ lanes, capabilities }) => [
  ...onLanes(lanes.slice(0, 1), usable),
  ...(capabilities.models === 'known'
    ? [noTraffic]
    : [
        upstream,
        ...Object.entries(oddLists).map(reads),
        ...Object.entries(noList).map(survives),
        aborted,
      ]),
]

async function list(
  { backend }: Rig,
  signal: AbortSignal = new AbortController().signal,
): Promise<readonly Model[]> {
  assert.ok(backend.models, 'it has models()')
  return await backend.models({ signal, log: new RecordingLog() })
}

/** Under which names a model can be asked for, also without a vendor prefix. */
function namesOf({ id, aliases = [] }: Model): readonly string[] {
  return [id, ...aliases].flatMap((name) => [name, name.slice(name.indexOf('/') + 1)])
}
