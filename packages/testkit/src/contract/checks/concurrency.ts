import assert from 'node:assert/strict'
import type { ScriptStep } from '../../fake/script.ts'
import { type LaneCheck, onLanes, type Theme } from '../check.ts'
import { hasProvider, type Lane, providerLanes } from '../lanes.ts'
import { goodAnswer, textOf } from '../reading.ts'
import type { ClientCall } from '../rig/client-call.ts'
import type { Rig } from '../rig/rig.ts'

const calls = 24

const neverMixed: LaneCheck = {
  id: 'concurrency.never-mixed',
  title: `never mixes ${calls} answers that come interleaved`,
  async run(hands, lane) {
    const rig = await hands.rig({ play: stepByStep })
    const open = Array.from({ length: calls }, (_, at) =>
      rig.call(lane, { text: `Say ${markOf(at)}` }),
    )

    await inStep(rig, open)

    open.forEach((call, at) => {
      const said = textOf(goodAnswer(call))
      assert.deepEqual(said.match(/mark-\d+/g), [markOf(at)], `the answer to call ${at}`)
    })
  },
}

const atOnce: LaneCheck<Lane> = {
  id: 'concurrency.at-once',
  title: `answers ${calls} calls at once`,
  async run(hands, lane) {
    const rig = await hands.rig()

    const open = await Promise.all(Array.from({ length: calls }, () => rig.ask(lane)))

    for (const call of open) goodAnswer(call)
  },
}

/** Calls at the same time do not know of each other. */
export const concurrency: Theme = ({ lanes }) => [
  ...onLanes(providerLanes(lanes), neverMixed),
  ...onLanes(
    lanes.filter((lane) => !hasProvider(lane)),
    atOnce,
  ),
]

function markOf(at: number): string {
  return `mark-${at}`
}

/** A gate before every step, with the same names in every answer. */
function stepByStep(steps: readonly ScriptStep[]): readonly ScriptStep[] {
  return steps.flatMap((step, at): ScriptStep[] => [{ do: 'gate', name: String(at) }, step])
}

/** Lets all answers take their steps together until all calls are over. */
async function inStep({ server }: Rig, open: readonly ClientCall[]): Promise<void> {
  const over = Promise.all(open.map(({ done }) => done))
  let isOver = false
  over.then(() => {
    isOver = true
  })
  for (let step = 0; !isOver; step += 1) {
    await Promise.race([server.gate(String(step)).arrived(calls), over])
    server.gate(String(step)).open()
  }
}
