import assert from 'node:assert/strict'
import type { AttributedUsage } from '@jackfield/core'
import type { ScriptStep } from '../../fake/script.ts'
import { type Hands, type LaneCheck, onLanes, type Theme } from '../check.ts'
import { type ProviderLane, providerLanes, streamedLanes } from '../lanes.ts'
import { streamHead } from '../playing.ts'
import { goodAnswer } from '../reading.ts'
import type { Rig } from '../rig/rig.ts'
import type { ProviderWire } from '../wire/provider-wire.ts'

const told = {
  promptTokens: 120,
  completionTokens: 45,
  cachedTokens: 64,
  reasoningTokens: 20,
} as const
const canonical = {
  inputTokens: 120,
  outputTokens: 45,
  cachedInputTokens: 64,
  reasoningTokens: 20,
} as const
const words = ['One', ' two', ' three'] as const

const accounted: LaneCheck = {
  id: 'usage.accounted',
  title: 'tells the host all that the provider counts',
  async run(hands, lane) {
    const rig = await hands.rig()
    rig.says(lane, { text: 'Counted.', usage: told })

    await rig.ask(lane)

    const { source, usage } = usageIn(rig)
    assert.equal(source, 'provider')
    assert.deepEqual({ ...usage, ...canonical }, usage)
  },
}

const forClient: LaneCheck = {
  id: 'usage.for-client',
  title: 'tells a client that asks what the provider counts',
  async run(hands, lane) {
    const rig = await hands.rig()
    rig.says(lane, { text: 'Counted.', usage: told })

    const { usage } = goodAnswer(await rig.ask(lane, { includeUsage: true }))

    assert.equal(usage?.inputTokens, canonical.inputTokens)
    assert.equal(usage?.outputTokens, canonical.outputTokens)
  },
}

function cutAfterTold(tell: NonNullable<ProviderWire['deltaWithUsage']>): LaneCheck {
  return {
    id: 'usage.cut-after-told',
    title: 'keeps the usage that a stream told before it was cut',
    async run(hands, lane) {
      const frames = words.map((text, at) => tell(text, at + 1))
      const { source, usage } = await usageOfCut(hands, lane, frames)

      assert.deepEqual([source, usage?.outputTokens], ['provider', words.length])
    },
  }
}

const cutBeforeTold: LaneCheck = {
  id: 'usage.cut-before-told',
  title: 'accounts for a stream that was cut before it told all',
  async run(hands, lane) {
    const { wire } = hands.subject
    const frames = words.map((text) => wire.delta(text))

    assertAccounted(await usageOfCut(hands, lane, frames), wire)
  },
}

const clientLeft: LaneCheck = {
  id: 'usage.client-left',
  title: 'accounts for a stream whose client left',
  async run(hands, lane) {
    const rig = await hands.rig()
    const frames = words.map((text) => hands.subject.wire.delta(text))
    rig.server.respondWith([...begun(hands, lane, frames), { do: 'hang' }])
    const call = rig.call(lane)
    await call.sink.until(({ text }) => text.includes('three'))

    call.leave()
    await call.done

    assertAccounted(usageIn(rig), hands.subject.wire)
  },
}

/** What an answer cost is known, whichever way it ended. */
export const usage: Theme = ({ lanes, wire: { deltaWithUsage: tell } }) => [
  ...onLanes(providerLanes(lanes), accounted, forClient),
  ...(tell === undefined ? [] : onLanes(streamedLanes(lanes), cutAfterTold(tell))),
  ...onLanes(streamedLanes(lanes), cutBeforeTold, clientLeft),
]

/** What is accounted for a stream that is cut when all of these frames have come to the client. */
async function usageOfCut(
  hands: Hands,
  lane: ProviderLane,
  frames: readonly string[],
): Promise<AttributedUsage> {
  const rig = await hands.rig()
  rig.server.respondWith([
    ...begun(hands, lane, frames),
    { do: 'gate', name: 'seen' },
    { do: 'cut' },
  ])
  const call = rig.call(lane)
  await call.sink.until(({ text }) => text.includes('three'))
  rig.server.gate('seen').open()
  await call.done
  return usageIn(rig)
}

function begun(
  { subject: { wire } }: Hands,
  lane: ProviderLane,
  frames: readonly string[],
): readonly ScriptStep[] {
  return [...streamHead(wire, lane), ...frames.map((bytes): ScriptStep => ({ do: 'write', bytes }))]
}

function usageIn(rig: Rig): AttributedUsage {
  const [attempt] = rig.attempts
  assert.ok(attempt, 'the host counted no attempt')
  return attempt.outcome.usage
}

/** What the provider told so far is kept; where it told nothing, there is an estimate. */
function assertAccounted(
  { source, usage }: AttributedUsage,
  { tellsInputFirst = false }: ProviderWire,
): void {
  if (tellsInputFirst) assert.equal(usage?.inputTokens, 11)
  else assert.equal(source, 'estimated')
  assert.ok((usage?.outputTokens ?? 0) > 0)
}
