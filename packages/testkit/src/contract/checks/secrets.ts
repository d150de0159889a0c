import assert from 'node:assert/strict'
import type { ScriptStep } from '../../fake/script.ts'
import { faultSecret } from '../../faults/renderer.ts'
import { type Check, type LaneCheck, onLanes, type Theme, when } from '../check.ts'
import { providerLanes } from '../lanes.ts'
import { streamHead } from '../playing.ts'
import type { ClientCall } from '../rig/client-call.ts'
import { everythingOf } from '../rig/recording-log.ts'
import type { Rig } from '../rig/rig.ts'

/** Statuses whose answers are never relayed as they came. */
const statuses = [401, 403, 404, 429, 500, 503] as const

const goodAnswers: LaneCheck = {
  id: 'secrets.good-answer',
  title: 'shows no key when all goes well',
  async run(hands, lane) {
    const rig = await hands.rig()

    assertNoKey(rig, await rig.ask(lane))
  },
}

const errorAnswers: LaneCheck = {
  id: 'secrets.error-answer',
  title: 'shows no key that the provider repeats in an error',
  async run(hands, lane) {
    for (const status of statuses) {
      const rig = await hands.rig()
      const own = rig.keys[0]?.value.reveal()
      const said = `Incorrect API key: ${faultSecret}. Authorization was Bearer ${own}.`
      rig.server.respondWith([
        { do: 'head', status, headers: { 'content-type': 'application/json' } },
        { do: 'write', bytes: hands.subject.wire.errorBody(said) },
        { do: 'end' },
      ])

      assertNoKey(rig, await rig.ask(lane))
    }
  },
}

const errorEvents: LaneCheck = {
  id: 'secrets.error-event',
  title: 'shows no key that the provider repeats in a stream',
  async run(hands, lane) {
    const { wire } = hands.subject
    const rig = await hands.rig()
    const event = wire.errorEvent(`The key ${faultSecret} expired.`)
    const frames = [wire.delta('Begun'), event].map((bytes): ScriptStep => ({ do: 'write', bytes }))
    rig.server.respondWith([...streamHead(wire, lane), ...frames, { do: 'end' }])

    assertNoKey(rig, await rig.ask(lane))
  },
}

const networkFailures: LaneCheck = {
  id: 'secrets.network-failure',
  title: 'shows no key when the provider cannot be reached',
  async run(hands, lane) {
    const rig = await hands.rig()
    await rig.server.setListener('refuse')

    assertNoKey(rig, await rig.ask(lane))
  },
}

const inspected: Check = {
  id: 'secrets.inspected',
  title: 'shows no key when somebody prints the backend or its targets',
  async run(hands) {
    const rig = await hands.rig({ keys: ['ok', 'ok'] })
    const targets = rig.backend.targets.current()
    const printed = [everythingOf(rig.backend), everythingOf(targets), JSON.stringify(targets)]

    assertUnsaid(rig, printed.join('\n'))
  },
}

/** No key gets out, whatever happens: not to clients, not into logs, events or errors. */
export const secrets: Theme = ({ lanes, capabilities }) => {
  const withProvider = providerLanes(lanes)
  const decoded = withProvider.filter((lane) => lane.upstreamStream && lane.way === 'translate')
  return [
    ...onLanes(withProvider, goodAnswers, errorAnswers, networkFailures),
    ...onLanes(decoded, errorEvents),
    ...when(capabilities.keys, inspected),
  ]
}

/** Looks at everything that got out: the answer with its headers, log lines, events, errors with their stacks and causes. */
function assertNoKey(rig: Rig, { sink }: ClientCall): void {
  const failed = rig.spy.results.flatMap((result) => ('failed' in result ? [result.failed] : []))
  const said = [JSON.stringify(sink.headers), sink.text, rig.said(), everythingOf(failed)]
  assertUnsaid(rig, said.join('\n'))
}

function assertUnsaid({ keys }: Rig, said: string): void {
  for (const secret of [faultSecret, ...keys.map(({ value }) => value.reveal())]) {
    const at = said.indexOf(secret)
    const place = said.slice(Math.max(0, at - 120), at + secret.length)
    assert.equal(at, -1, `a key stands in: …${place}`)
  }
}
