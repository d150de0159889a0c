import assert from 'node:assert/strict'
import type { StreamPart, VirtualContext } from '@jackfield/core'
import { type Hands, type LaneCheck, onLanes, type Theme } from '../check.ts'
import { unwanted } from '../direct.ts'
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
    const { batches, controller } = await iterate(hands, lane)
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
    const { batches } = await iterate(hands, lane)
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

/** Starts an answer by hand, to the request of an ordinary call. */
async function iterate(
  hands: Hands,
  lane: Lane,
): Promise<{
  readonly batches: AsyncIterator<readonly StreamPart[]>
  readonly controller: AbortController
}> {
  const rig = await hands.rig()
  await rig.ask(lane)
  const [asked] = rig.spy.chats
  const { chat } = rig.backend
  assert.ok(asked && chat, 'the host asked chat()')
  const controller = new AbortController()
  const context: VirtualContext = { ...asked.context, signal: controller.signal }
  const answer = chat.call(rig.backend, asked.request, context)
  return { batches: answer[Symbol.asyncIterator](), controller }
}
