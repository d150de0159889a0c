import assert from 'node:assert/strict'
import type { KeyBehaviour } from '../../fake/strict/keys.ts'
import type { Check, Hands, LaneCheck, Theme } from '../check.ts'
import type { ProviderLane } from '../lanes.ts'
import { providerLanes } from '../lanes.ts'
import { goodAnswer } from '../reading.ts'
import type { Rig } from '../rig/rig.ts'
import { contextFor, keysOf } from '../rig/start-rig.ts'

const targets: Check = {
  id: 'keys.targets',
  title: 'has one target per key, in order and by its name',
  async run(hands) {
    const keys = keysOf(['ok', 'ok', 'ok'])
    const { targets } = await hands.backend(contextFor(), { keys })

    assert.deepEqual(
      targets.current().map(({ name }) => name),
      keys.map(({ name }) => name),
    )
  },
}

const stableIds: Check = {
  id: 'keys.stable-ids',
  title: 'gives a key the same id every time, without the key in it',
  async run(hands) {
    const keys = keysOf(['ok', 'ok'])
    const ids = async () => {
      const { targets } = await hands.backend(contextFor(), { keys })
      return targets.current().map(({ id }) => id)
    }

    const first = await ids()

    assert.deepEqual(await ids(), first)
    for (const { value } of keys) assert.ok(!first.join(' ').includes(value.reveal()))
  },
}

const rotation: LaneCheck = {
  id: 'keys.rotation',
  title: 'goes round its keys as its defaults say',
  async run(hands, lane) {
    const rig = await rigWith(hands, ['ok', 'ok', 'ok'])
    const { strategy } = rig.backend.targets.defaults
    const [one, two, three] = rig.keys.map(({ name }) => name)

    await askTimes(6, rig, lane)

    const used = usedKeys(rig)
    if (strategy === 'round-robin') assert.deepEqual(used, [one, two, three, one, two, three])
    else assert.ok(new Set(used).size > 1, `${strategy} uses only ${used}`)
  },
}

const rejected: LaneCheck = {
  id: 'keys.rejected',
  title: 'goes on to the next key when one is rejected, and leaves that one alone',
  async run(hands, lane) {
    const rig = await rigWith(hands, ['ok', { status: 401 }, 'ok'])

    await askTimes(6, rig, lane)

    assert.equal(usesOf(rig, 1), 1)
  },
}

const limited: LaneCheck = {
  id: 'keys.limited',
  title: 'leaves a key alone for as long as the provider says',
  async run(hands, lane) {
    const rig = await rigWith(hands, ['ok', { status: 429, retryAfter: 30 }, 'ok'])
    await askTimes(6, rig, lane)
    assert.equal(usesOf(rig, 1), 1, 'the key is used before its time')

    rig.fake.setKey(rig.keys[1]?.value.reveal() ?? '', 'ok')
    rig.clock.skip(31_000)
    await askTimes(6, rig, lane)

    assert.ok(usesOf(rig, 1) > 1, 'the key is not used again after its time')
  },
}

const allRejected: LaneCheck = {
  id: 'keys.all-rejected',
  title: 'names the keys to check when all of them are rejected',
  async run(hands, lane) {
    const rig = await rigWith(hands, [{ status: 401 }, { status: 401 }])

    const { sink } = await rig.ask(lane)

    assert.equal(sink.status, 502)
    for (const { name } of rig.keys) assert.ok(sink.text.includes(name), sink.text)
  },
}

/** Requests are spread over the keys, and a bad key harms nobody. */
export const keys: Theme = ({ lanes, capabilities }) => {
  const [lane] = providerLanes(lanes)
  if (lane === undefined || !capabilities.keys) return []
  const calls = [rotation, rejected, limited, allRejected].map(
    ({ id, title, run }): Check => ({ id, title, run: (hands) => run(hands, lane) }),
  )
  return [targets, stableIds, ...calls]
}

/** A rig whose calls may go on from one key to the next. */
function rigWith(hands: Hands, behaviour: readonly KeyBehaviour[]): Promise<Rig> {
  return hands.rig({ keys: behaviour, limits: { maxTries: 4, maxWaitMs: 0 } })
}

/** Calls that must all go well, each a conversation of its own, because a session may stay with its key. */
async function askTimes(count: number, rig: Rig, lane: ProviderLane): Promise<void> {
  for (let call = 0; call < count; call += 1) {
    goodAnswer(await rig.ask(lane, { text: `Conversation ${rig.ends.length}.` }))
  }
}

/** Names of the keys of the requests so far, in their order. */
function usedKeys(rig: Rig): readonly (string | undefined)[] {
  return rig.server.requests.map(({ rawHeaders }) => {
    const values = rawHeaders.map(([, value]) => value)
    const isSent = (key: string) => values.some((value) => value.includes(key))
    return rig.keys.find(({ value }) => isSent(value.reveal()))?.name
  })
}

function usesOf(rig: Rig, index: number): number {
  return usedKeys(rig).filter((name) => name === rig.keys[index]?.name).length
}
