import assert from 'node:assert/strict'
import type { ScriptStep } from '../../fake/script.ts'
import { type LaneCheck, onLanes, type Theme } from '../check.ts'
import { cutPoints } from '../cut-points.ts'
import { type ProviderLane, providerLanes } from '../lanes.ts'
import type { ProviderFixture } from '../options.ts'
import { goodAnswer, substanceOf } from '../reading.ts'
import type { Rig } from '../rig/rig.ts'

/** Places at which a recorded answer is cut in two; where every byte is wanted they are all places. */
const sampled = 8

function understands(fixture: ProviderFixture): LaneCheck {
  return {
    id: `fixtures.${fixture.name}`,
    title: `understands the recorded answer ${fixture.name}, wherever it is cut`,
    async run(hands, lane) {
      const rig = await hands.rig()
      const bytes = Buffer.from(fixture.responseBody)
      const whole = await read(rig, lane, steps(fixture, [bytes]))

      for (const at of cutPoints(bytes, hands.subject.thorough ? bytes.length : sampled)) {
        const halves = [bytes.subarray(0, at), bytes.subarray(at)]
        const cut = await read(rig, lane, steps(fixture, halves))
        assert.deepEqual(cut, whole, `cut at byte ${at}`)
      }
    },
  }
}

function classifies(fixture: ProviderFixture): LaneCheck {
  return {
    id: `fixtures.${fixture.name}`,
    title: `classifies the recorded error ${fixture.name}`,
    async run(hands, lane) {
      const rig = await hands.rig()
      rig.server.respondWith(steps(fixture, [Buffer.from(fixture.responseBody)]))

      await rig.ask(lane)

      const code = rig.ends[0]?.error?.code
      assert.ok(code !== undefined && code !== 'internal', `the call ended with ${code}`)
    },
  }
}

/** Real answers of the provider are understood. */
export const fixtures: Theme = (subject) =>
  subject.fixtures.flatMap((fixture) =>
    onLanes(
      providerLanes(subject.lanes).filter((lane) => lane.upstreamStream === fixture.stream),
      (fixture.status ?? 200) < 400 ? understands(fixture) : classifies(fixture),
    ),
  )

async function read(rig: Rig, lane: ProviderLane, script: readonly ScriptStep[]): Promise<object> {
  rig.server.respondWith(script)
  const call = await rig.ask(lane)
  const answer = substanceOf(goodAnswer(call))
  if (lane.way === 'translate') assert.deepEqual(call.answer().violations, [])
  return answer
}

function steps(
  { status = 200, contentType, stream }: ProviderFixture,
  pieces: readonly Uint8Array[],
): readonly ScriptStep[] {
  const usual = stream && status < 400 ? 'text/event-stream' : 'application/json'
  const headers = { 'content-type': contentType ?? usual }
  const writes = pieces.map((bytes): ScriptStep => ({ do: 'write', bytes }))
  return [{ do: 'head', status, headers }, ...writes, { do: 'end' }]
}
