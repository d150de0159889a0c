import assert from 'node:assert/strict'
import { type Check, type LaneCheck, onLanes, type Theme } from '../check.ts'
import { type Lane, providerLanes } from '../lanes.ts'
import { goodAnswer, textOf } from '../reading.ts'
import { leavesNothing } from '../resources.ts'
import { contextFor } from '../rig/start-rig.ts'
import { createTestClock } from '../rig/test-clock.ts'
import { turns } from '../waiting.ts'

const noTraffic: Check = {
  id: 'create.no-traffic',
  title: 'sends nothing when it is made',
  async run(hands) {
    const rig = await hands.rig()
    await turns(10)

    assert.equal(rig.server.connections.length, 0)
  },
}

const noHandles: Check = {
  id: 'create.no-handles',
  title: 'opens nothing when it is made',
  async run(hands) {
    const clock = createTestClock()

    await leavesNothing(async () => {
      await hands.backend(contextFor({ clock }))
    })

    assert.equal(clock.pending, 0, 'it waits for a timer')
  },
}

const noEnvironment: Check = {
  id: 'create.no-environment',
  title: 'reads no environment variable when it is made',
  async run(hands) {
    assert.deepEqual(await variablesReadBy(() => hands.backend(contextFor())), [])
  },
}

const outlives: LaneCheck<Lane> = {
  id: 'create.independent',
  title: 'makes backends that outlive each other',
  async run(hands, lane) {
    const [one, other] = [await hands.rig(), await hands.rig()]
    for (const rig of [one, other]) goodAnswer(await rig.ask(lane))

    await one.gateway.close({ graceMs: 0 })

    goodAnswer(await other.ask(lane))
  },
}

const ownProvider: LaneCheck = {
  id: 'create.own-provider',
  title: 'makes backends that each ask their own provider',
  async run(hands, lane) {
    const rigs = [await hands.rig(), await hands.rig()]
    const texts = ['One provider.', 'The other.']
    for (const [at, rig] of rigs.entries()) rig.says(lane, { text: texts[at] ?? '' })

    const calls = await Promise.all(rigs.map((rig) => rig.ask(lane)))

    assert.deepEqual(
      calls.map((call) => textOf(goodAnswer(call))),
      texts,
    )
  },
}

/** Making a backend does nothing but make it, and each is for itself. */
export const create: Theme = ({ lanes }) => [
  noTraffic,
  noHandles,
  noEnvironment,
  ...onLanes(lanes.slice(0, 1), outlives),
  ...onLanes(providerLanes(lanes).slice(0, 1), ownProvider),
]

/** Names of the variables that are read meanwhile. */
async function variablesReadBy(work: () => Promise<unknown>): Promise<readonly string[]> {
  const real = process.env
  const reads: string[] = []
  process.env = new Proxy(real, {
    get(target, name) {
      if (typeof name === 'string') reads.push(name)
      return Reflect.get(target, name)
    },
  })
  try {
    await work()
    return reads
  } finally {
    process.env = real
  }
}
