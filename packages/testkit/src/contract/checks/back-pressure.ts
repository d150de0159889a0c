import assert from 'node:assert/strict'
import type { ScriptStep } from '../../fake/script.ts'
import { type Hands, type LaneCheck, onLanes, type Theme } from '../check.ts'
import { type ProviderLane, streamedLanes } from '../lanes.ts'
import { memoryInUse } from '../memory.ts'
import { streamHead } from '../playing.ts'
import { goodAnswer, textOf } from '../reading.ts'
import { turns, within } from '../waiting.ts'

/** What the kernels on both ends, and one read, may hold for a client that does not read. */
const heldBytes = 16 * 1024 * 1024

/** Far more than that: a backend that takes it all does not stop the provider. */
const sentBytes = 3 * heldBytes

/** Frames between two looks at the memory, and bytes by which it may have grown. */
const frames = 400
const growth = 4 * 1024 * 1024

const stops: LaneCheck = {
  id: 'back-pressure.stops',
  title: 'stops the provider when the client does not read',
  async run(hands, lane) {
    const rig = await hands.rig()
    const frame = hands.subject.wire.delta('x'.repeat(16_000))
    const flood: ScriptStep = { do: 'endless', frame, maxBytes: sentBytes }
    rig.server.respondWith([...begun(hands, lane), flood])
    const call = rig.call(lane)
    call.sink.forgetful = true
    call.sink.pause()
    const request = await rig.arrival(1)

    const stalled = rig.server.waitForStall(request)
    const sent = await within(8_000, stalled, 'the provider was not stopped')

    assert.ok(sent - call.sink.size < heldBytes, `${sent - call.sink.size} bytes are held`)
    call.leave()
  },
}

const goesOn: LaneCheck = {
  id: 'back-pressure.goes-on',
  title: 'goes on where it stopped when the client reads again',
  async run(hands, lane) {
    const rig = await hands.rig()
    const texts = Array.from({ length: 400 }, (_, at) => `${at} ${'x'.repeat(500)};`)
    rig.says(lane, { text: texts })
    const call = rig.call(lane)
    call.sink.pause()
    await call.sink.until(({ size }) => size > 0)

    while (!call.sink.isOver) {
      call.sink.resume()
      call.sink.pause()
      await turns(1)
    }
    await call.done

    assert.equal(textOf(goodAnswer(call)), texts.join(''))
  },
}

const flatMemory: LaneCheck = {
  id: 'back-pressure.flat-memory',
  title: 'needs no more memory the longer a stream becomes',
  async run(hands, lane) {
    const rig = await hands.rig()
    const piece: ScriptStep = { do: 'write', bytes: hands.subject.wire.delta('y'.repeat(16_000)) }
    const many = Array.from({ length: frames }, () => piece)
    const gates = ['early', 'late'].map((name): ScriptStep => ({ do: 'gate', name }))
    const parts = gates.flatMap((gate) => [...many, gate])
    rig.server.respondWith([...begun(hands, lane), ...parts, { do: 'hang' }])
    const call = rig.call(lane)
    call.sink.forgetful = true
    const inUseAt = async (gate: string): Promise<number> => {
      await rig.server.gate(gate).arrived()
      await turns(5)
      return await memoryInUse()
    }

    const early = await inUseAt('early')
    rig.server.gate('early').open()
    const late = await inUseAt('late')

    call.leave()
    assert.ok(late - early < growth, `${late - early} bytes more are in use`)
  },
}

/** A client that reads slowly slows the provider down, and fills no memory. */
export const backPressure: Theme = ({ lanes }) =>
  onLanes(streamedLanes(lanes), stops, goesOn, flatMemory)

function begun({ subject: { wire } }: Hands, lane: ProviderLane): readonly ScriptStep[] {
  return [...streamHead(wire, lane), { do: 'write', bytes: wire.delta('Begun') }]
}
