import assert from 'node:assert/strict'
import type { RecordedRequest } from '../../fake/recorded-request.ts'
import type { ScriptStep } from '../../fake/script.ts'
import { type Hands, type LaneCheck, onLanes, type Theme } from '../check.ts'
import { type ProviderLane, providerLanes, streamedLanes } from '../lanes.ts'
import { answerHead, streamHead } from '../playing.ts'
import type { ClientCall } from '../rig/client-call.ts'
import type { Rig } from '../rig/rig.ts'
import { turns, within } from '../waiting.ts'

/** Milliseconds from the client's leaving to the provider's notice. */
const promptly = 100

/** Tries, of which the fastest counts: the machine may be busy, but it is not busy all the time. */
const tries = 3

const hang: ScriptStep = { do: 'hang' }
const closes = 'closes the provider’s connection at once when the client leaves'

const beforeHead: LaneCheck = {
  id: 'abort.before-head',
  title: `${closes} before the answer begins`,
  run: (hands, lane) => leaveWhile(hands, lane, { script: [hang] }),
}

const beforeFirstPart: LaneCheck = {
  id: 'abort.before-first-part',
  title: `${closes} before the first meaningful part`,
  run: (hands, lane) => leaveWhile(hands, lane, { script: [...opening(hands, lane), hang] }),
}

const midBody: LaneCheck = {
  id: 'abort.mid-body',
  title: `${closes} in the middle of an answer that is no stream`,
  run: (hands, lane) => leaveWhile(hands, lane, { script: [...opening(hands, lane), hang] }),
}

const midStream: LaneCheck = {
  id: 'abort.mid-stream',
  title: `${closes} in the middle of a stream`,
  run(hands, lane) {
    const first: ScriptStep = { do: 'write', bytes: hands.subject.wire.delta('Begun') }
    const script = [...opening(hands, lane), first, hang]
    const ready: Ready = (call) => call.sink.until(({ size }) => size > 0)
    return leaveWhile(hands, lane, { script, ready })
  },
}

const whilePaused: LaneCheck = {
  id: 'abort.while-paused',
  title: `${closes} that has stopped reading`,
  run(hands, lane) {
    const frame = hands.subject.wire.delta('x'.repeat(16_000))
    const script: readonly ScriptStep[] = [
      ...opening(hands, lane),
      { do: 'endless', frame, maxBytes: 1 << 26 },
    ]
    const ready: Ready = async (call, rig, request) => {
      call.sink.pause()
      await rig.server.waitForStall(request)
    }
    return leaveWhile(hands, lane, { script, ready })
  },
}

const nobodysFailure: LaneCheck = {
  id: 'abort.nobodys-failure',
  title: 'counts a client that leaves as nobody’s failure',
  async run(hands, lane) {
    const rig = await hands.rig()
    rig.server.respondWith([hang])
    const call = rig.call(lane)
    await rig.arrival(1)

    call.leave()
    await call.done

    assert.equal(rig.ends[0]?.error?.code, 'client_closed_request')
    assert.equal(rig.gateway.health().readyTargets, rig.gateway.health().totalTargets)
  },
}

/** A client that goes away ends the call at the provider, in every phase. */
export const abort: Theme = ({ lanes }) => {
  const withProvider = providerLanes(lanes)
  const streaming = withProvider.filter(({ upstreamStream }) => upstreamStream)
  const whole = withProvider.filter(({ upstreamStream }) => !upstreamStream)
  return [
    ...onLanes(withProvider, beforeHead),
    ...onLanes(streaming, beforeFirstPart),
    ...onLanes(whole, midBody),
    ...onLanes(streamedLanes(lanes), midStream, whilePaused),
    ...onLanes(withProvider, nobodysFailure),
  ]
}

/** The head and what comes before anything meaningful. */
function opening({ subject: { wire } }: Hands, lane: ProviderLane): readonly ScriptStep[] {
  if (lane.upstreamStream) return streamHead(wire, lane)
  const bytes = wire.body({ text: 'Begun.' }).slice(0, 40)
  return [answerHead(wire, lane), { do: 'write', bytes }]
}

type Ready = (call: ClientCall, rig: Rig, request: RecordedRequest) => Promise<void>

const hangs: Ready = (_, rig, request) => rig.server.waitForState(request, 'hanging')

/** The client leaves while the provider is where the script has come to. */
async function leaveWhile(
  hands: Hands,
  lane: ProviderLane,
  { script, ready = hangs }: { readonly script: readonly ScriptStep[]; readonly ready?: Ready },
): Promise<void> {
  const rig = await hands.rig()
  rig.server.respondWith(script)
  let fastest = Number.POSITIVE_INFINITY
  for (let count = 1; count <= tries && fastest > promptly; count += 1) {
    const call = rig.call(lane)
    const request = await rig.arrival(count)
    await within(5_000, ready(call, rig, request), 'the call did not come that far')
    await turns()
    const left = call.leave()
    const aborted = rig.server.waitForAbort(request)
    const noticed = await within(1_000, aborted, 'the provider saw no end of the call')
    fastest = Math.min(fastest, noticed - left)
  }
  assert.ok(fastest < promptly, `the provider saw the end of the call after ${fastest} ms`)
}
