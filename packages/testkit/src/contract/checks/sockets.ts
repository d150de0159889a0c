import assert from 'node:assert/strict'
import { type Hands, type LaneCheck, onLanes, type Theme } from '../check.ts'
import { type Captured, capture, readBody, sendTo, unwanted } from '../direct.ts'
import { type ProviderLane, providerLanes } from '../lanes.ts'
import { answerHead, answerOf } from '../playing.ts'
import { leavesNothing } from '../resources.ts'
import type { Rig } from '../rig/rig.ts'
import { turns, within } from '../waiting.ts'

const abortedBefore: LaneCheck = {
  id: 'sockets.aborted-before',
  title: 'opens no connection for a call that is over already',
  async run(hands, lane) {
    const { rig, captured } = await prepare(hands, lane)
    await rig.server.dropConnections()
    await turns(5)
    const { length } = rig.server.connections

    const result = await sendTo(rig.backend, captured, { signal: AbortSignal.abort(unwanted()) })
    await turns(5)

    assert.ok('failed' in result)
    assert.equal(rig.server.connections.length, length)
  },
}

const abortedWhileConnecting: LaneCheck = {
  id: 'sockets.aborted-while-connecting',
  title: 'gives up connecting at once when the call is over',
  async run(hands, lane) {
    const { rig, captured } = await prepare(hands, lane)
    await rig.server.setListener('stall')
    await rig.server.dropConnections()
    await turns(5)

    await leavesNothing(async () => {
      const controller = new AbortController()
      const sending = sendTo(rig.backend, captured, { signal: controller.signal })
      await turns(5)
      controller.abort(unwanted())
      const result = await within(1_000, sending, 'send() did not settle')
      assert.ok('failed' in result)
    })
  },
}

const abortReason: LaneCheck = {
  id: 'sockets.abort-reason',
  title: 'fails with the host’s own reason when the host ends a call',
  async run(hands, lane) {
    const { rig, captured } = await prepare(hands, lane)
    rig.server.respondWith([{ do: 'hang' }])
    const controller = new AbortController()
    const sending = sendTo(rig.backend, captured, { signal: controller.signal })
    await rig.arrival()
    const reason = unwanted()

    controller.abort(reason)

    const result = await within(1_000, sending, 'send() did not settle')
    assert.equal('failed' in result && result.failed.code, reason.code)
  },
}

const cancelledBody: LaneCheck = {
  id: 'sockets.cancelled-body',
  title: 'delivers nothing of a body that was cancelled, and closes its connection',
  async run(hands, lane) {
    const { rig, captured } = await prepare(hands, lane)
    const frame = hands.subject.wire.delta('x'.repeat(1_000))
    rig.server.respondWith([answerHead(hands.subject.wire, lane), { do: 'endless', frame }])
    const { length } = rig.server.requests
    const result = await sendTo(rig.backend, captured)
    assert.ok('ok' in result)
    const { body } = result.ok

    const calls = await new Promise<string[]>((resolve) => {
      const seen: string[] = []
      const data = (): void => {
        seen.push('data')
        body.cancel(unwanted())
        body.cancel(unwanted())
        resolve(seen)
      }
      body.start({ data, end: () => seen.push('end'), fail: () => seen.push('fail') })
    })

    const request = rig.server.requests[length]
    assert.ok(request)
    await within(1_000, rig.server.waitForAbort(request), 'the connection was not closed')
    assert.deepEqual(calls, ['data'], 'the receiver was called after cancel()')
  },
}

const nothingBeforeStart: LaneCheck = {
  id: 'sockets.nothing-before-start',
  title: 'keeps what has come until somebody starts the body',
  async run(hands, lane) {
    const { rig, captured } = await prepare(hands, lane)
    const { wire } = hands.subject
    const text = wire.body({ text: 'All of it.' })
    rig.server.respondWith(answerOf(wire, lane, [text]))
    const result = await sendTo(rig.backend, captured)
    assert.ok('ok' in result)
    await turns(10)

    const received = await within(2_000, readBody(result.ok.body), 'the body did not end')

    assert.equal(received.failure, undefined)
    assert.equal(Buffer.from(received.bytes).toString(), text)
  },
}

const reused: LaneCheck = {
  id: 'sockets.reused',
  title: 'uses a connection again for the next call',
  async run(hands, lane) {
    const rig = await hands.rig()
    for (let count = 0; count < 3; count += 1) {
      await rig.ask(lane)
      await turns()
    }

    assert.equal(rig.server.connections.length, 1)
  },
}

/** `send` and the bodies that it gives keep what the host relies on, seen without the host. */
export const sockets: Theme = ({ lanes }) => {
  // How a request was made up is nothing to the sending of it.
  const own = providerLanes(lanes).filter((lane) => lane.own)
  return onLanes(
    own,
    abortedBefore,
    abortedWhileConnecting,
    abortReason,
    cancelledBody,
    nothingBeforeStart,
    reused,
  )
}

async function prepare(
  hands: Hands,
  lane: ProviderLane,
): Promise<{ readonly rig: Rig; readonly captured: Captured }> {
  const rig = await hands.rig()
  return { rig, captured: await capture(rig, lane) }
}
