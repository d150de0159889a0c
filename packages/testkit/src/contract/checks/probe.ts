import assert from 'node:assert/strict'
import { type GatewayError, isGatewayError } from '@jackfield/core'
import { type Check, type LaneCheck, onLanes, type Theme } from '../check.ts'
import { unwanted } from '../direct.ts'
import { providerLanes } from '../lanes.ts'
import { RecordingLog } from '../rig/recording-log.ts'
import type { Rig } from '../rig/rig.ts'
import { within } from '../waiting.ts'

const good: Check = {
  id: 'probe.good',
  title: 'finds nothing against a target that works',
  async run(hands) {
    assert.equal(await probed(await hands.rig()), undefined)
  },
}

const rejected: Check = {
  id: 'probe.rejected',
  title: 'finds out that a key is rejected',
  async run(hands) {
    const failure = await probed(await hands.rig({ keys: [{ status: 401 }] }))

    assert.equal(failure?.code, 'upstream_credentials_rejected')
  },
}

const unreachable: Check = {
  id: 'probe.unreachable',
  title: 'finds out that a provider cannot be reached',
  async run(hands) {
    const rig = await hands.rig()
    await rig.server.setListener('refuse')

    const failure = await probed(rig)

    assert.equal(failure?.code, 'upstream_unreachable')
  },
}

const aborted: Check = {
  id: 'probe.aborted',
  title: 'stops probing when nobody waits any more',
  async run(hands) {
    const rig = await hands.rig()
    rig.server.respondWith([{ do: 'hang' }])
    const controller = new AbortController()
    const probing = probed(rig, controller.signal)
    const request = await rig.arrival(1)

    controller.abort(unwanted())

    await within(1_000, probing, 'probe() did not settle')
    await within(1_000, rig.server.waitForAbort(request), 'the connection was not closed')
  },
}

const recovery: LaneCheck = {
  id: 'probe.recovery',
  title: 'brings a rejected key back when it works again',
  async run(hands, lane) {
    const rig = await hands.rig({ keys: [{ status: 401 }] })
    await rig.ask(lane)
    assert.equal(rig.gateway.health().readyTargets, 0)
    const { promise: back, resolve } = Promise.withResolvers<void>()
    rig.gateway.events.on('target-state', ({ state }) => {
      if (state === 'ready') resolve()
    })

    rig.fake.setKey(rig.keys[0]?.value.reveal() ?? '', 'ok')
    rig.clock.skip(61_000)

    await within(2_000, back, 'the key did not come back')
  },
}

/** Whether a target works can be asked without a call. */
export const probe: Theme = ({ lanes, capabilities }) => {
  if (!capabilities.probe) return []
  const ofKeys = capabilities.keys ? [rejected] : []
  const ofCalls = capabilities.keys ? onLanes(providerLanes(lanes).slice(0, 1), recovery) : []
  return [good, unreachable, aborted, ...ofKeys, ...ofCalls]
}

/** What a probe of the first target finds. It may say so or throw it. */
async function probed(
  { backend }: Rig,
  signal: AbortSignal = new AbortController().signal,
): Promise<GatewayError | undefined> {
  const [target] = backend.targets.current()
  assert.ok(target && backend.probe, 'it has a target and probe()')
  try {
    return await backend.probe(target, { signal, log: new RecordingLog() })
  } catch (error) {
    assert.ok(isGatewayError(error), String(error))
    return error
  }
}
