import assert from 'node:assert/strict'
import { type LaneCheck, onLanes, type Theme } from '../check.ts'
import { iterate, unwanted } from '../direct.ts'
import type { Lane } from '../lanes.ts'
import { goodAnswer } from '../reading.ts'
import { within } from '../waiting.ts'

const usage: LaneCheck<Lane> = {
  id: 'virtual.usage',
  title: 'tells what its answer counts as',
  async run(hands, lane) {
    const rig = await hands.rig()

    goodAnswer(await rig.ask(lane))

    assert.equal(rig.attempts[0]?.outcome.usage.source, 'provider')
  },
}

const aborted: LaneCheck<Lane> = {
  id: 'virtual.aborted',
  title: 'gives nothing more when the client has gone',
  async run(hands, lane) {
    const { batches, controller } = await iterate(await hands.rig(), lane)
    await batches.next()

    controller.abort(unwanted())

    const ended = batches.next().then(
      ({ done }) => done === true,
      () => true,
    )
    assert.equal(await within(1_000, ended, 'chat() did not settle'), true)
  },
}

const returned: LaneCheck<Lane> = {
  id: 'virtual.returned',
  title: 'can be left in the middle of an answer',
  async run(hands, lane) {
    const { batches } = await iterate(await hands.rig(), lane)
    await batches.next()

    await within(1_000, Promise.resolve(batches.return?.()), 'chat() did not end')

    assert.equal((await batches.next()).done, true)
  },
}

/** What only backends without a provider promise. */
export const virtual: Theme = ({ lanes }) => {
  const ofIt = lanes.filter(({ way }) => way === 'virtual')
  const streamed = ofIt.filter(({ stream }) => stream)
  return [...onLanes(ofIt, usage), ...onLanes(streamed, aborted, returned)]
}
