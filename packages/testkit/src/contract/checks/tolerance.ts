import assert from 'node:assert/strict'
import { type LaneCheck, onLanes, type Theme } from '../check.ts'
import { type ProviderLane, providerLanes } from '../lanes.ts'
import { answerOf } from '../playing.ts'
import { goodAnswer, textOf } from '../reading.ts'
import { type Oddity, oddText } from '../wire/provider-wire.ts'

function livesWith(oddity: Oddity): LaneCheck {
  return {
    id: `tolerance.${oddity.id}`,
    title: `lives with a provider that ${oddity.title}`,
    async run(hands, lane) {
      const rig = await hands.rig()
      rig.server.respondWith(answerOf(hands.subject.wire, lane, piecesOf(oddity, lane) ?? []))

      const call = await rig.ask(lane)

      assert.equal(textOf(goodAnswer(call)), oddText)
      // Forwarded bytes are the provider's: what is odd about them is not ours to mend.
      if (lane.way === 'translate') assert.deepEqual(call.answer().violations, [])
    },
  }
}

/** What providers do that no document says does no harm. */
export const tolerance: Theme = ({ lanes, wire }) =>
  wire.oddities.flatMap((oddity) => {
    const where = providerLanes(lanes).filter((lane) => piecesOf(oddity, lane) !== undefined)
    return onLanes(where, livesWith(oddity))
  })

function piecesOf(oddity: Oddity, lane: ProviderLane): readonly string[] | undefined {
  if (lane.upstreamStream) return oddity.frames
  return oddity.body === undefined ? undefined : [oddity.body]
}
