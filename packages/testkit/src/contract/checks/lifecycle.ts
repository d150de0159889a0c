import assert from 'node:assert/strict'
import type { Backend } from '@jackfield/core'
import { type Check, type LaneCheck, onLanes, type Theme } from '../check.ts'
import { capture, readBody, sendTo } from '../direct.ts'
import { providerLanes } from '../lanes.ts'
import { answerHead } from '../playing.ts'
import { leavesNothing } from '../resources.ts'
import { contextFor } from '../rig/start-rig.ts'
import { createTestClock } from '../rig/test-clock.ts'
import { eventually, turns, within } from '../waiting.ts'

/** Milliseconds in which a backend must let go. */
const patience = 2_000

const unused: Check = {
  id: 'lifecycle.unused',
  title: 'can be disposed without ever having been used',
  async run(hands) {
    await dispose(await hands.backend(contextFor()))
  },
}

const idempotent: Check = {
  id: 'lifecycle.idempotent',
  title: 'can be disposed several times, also at once',
  async run(hands) {
    const backend = await hands.backend(contextFor())

    await Promise.all([dispose(backend), dispose(backend)])
    await dispose(backend)
  },
}

const connections: LaneCheck = {
  id: 'lifecycle.connections',
  title: 'closes its connections when it is disposed',
  async run(hands, lane) {
    const rig = await hands.rig()
    await Promise.all([rig.ask(lane), rig.ask(lane)])

    await dispose(rig.backend)

    const areClosed = () => rig.server.connections.every(({ closedAt }) => closedAt !== undefined)
    await eventually(areClosed, 'the connections are not closed')
  },
}

const nothingLeft: LaneCheck = {
  id: 'lifecycle.nothing-left',
  title: 'leaves no timer and no handle behind, after good calls and bad ones',
  async run(hands, lane) {
    const rig = await hands.rig()
    const captured = await capture(rig, lane)
    await dispose(rig.backend)
    await rig.server.dropConnections()
    await turns(5)
    const clock = createTestClock()
    const address = { url: rig.fake.baseUrl, keys: rig.keys }

    await leavesNothing(async () => {
      const backend = await hands.backend(contextFor({ clock }), address)
      for (const broken of [false, true]) {
        if (broken) rig.server.respondWith([{ do: 'reset' }])
        const result = await sendTo(backend, captured)
        if ('ok' in result) await readBody(result.ok.body)
      }
      await dispose(backend)
    })

    assert.equal(clock.pending, 0, 'a timer is left')
  },
}

const openAnswer: LaneCheck = {
  id: 'lifecycle.open-answer',
  title: 'ends an answer that still comes when it is disposed',
  async run(hands, lane) {
    const rig = await hands.rig()
    const captured = await capture(rig, lane)
    const begun = { do: 'write', bytes: ' ' } as const
    rig.server.respondWith([answerHead(hands.subject.wire, lane), begun, { do: 'hang' }])
    const result = await sendTo(rig.backend, captured)
    assert.ok('ok' in result)
    const reading = readBody(result.ok.body)

    await dispose(rig.backend)

    const { failure } = await within(patience, reading, 'the answer was left hanging')
    assert.ok(failure, 'the answer looks complete')
  },
}

/** `dispose` ends what a backend opened. */
export const lifecycle: Theme = ({ lanes }) => {
  const own = providerLanes(lanes).filter((lane) => lane.own)
  return [unused, idempotent, ...onLanes(own, connections, nothingLeft, openAnswer)]
}

async function dispose(backend: Backend): Promise<void> {
  await within(patience, Promise.resolve(backend.dispose?.()), 'dispose() did not settle')
}
