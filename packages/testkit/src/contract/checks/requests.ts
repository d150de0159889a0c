import assert from 'node:assert/strict'
import { type LaneCheck, onLanes, type Theme } from '../check.ts'
import { deepFreeze } from '../deep-freeze.ts'
import { type Lane, providerLanes } from '../lanes.ts'
import { goodAnswer } from '../reading.ts'
import { backendName } from '../rig/rig.ts'

const way: LaneCheck<Lane> = {
  id: 'requests.way',
  title: 'takes the way that its capabilities say',
  async run(hands, lane) {
    const rig = await hands.rig()

    await rig.ask(lane)

    const route = rig.attempts[0]?.outcome.route
    assert.deepEqual([route?.backend, route?.way], [backendName, lane.way])
    const [asked] = rig.server.requests
    const stream = asked && hands.subject.wire.asksForStream(asked)
    assert.equal(stream, lane.upstreamStream)
  },
}

const accepted: LaneCheck = {
  id: 'requests.accepted',
  title: 'asks in a way that a strict provider accepts',
  async run(hands, lane) {
    const rig = await hands.rig()
    const { settings = {} } = lane.client

    goodAnswer(await rig.ask(lane, { extra: settings, tools: hands.subject.capabilities.tools }))
  },
}

const forwardedBytes: LaneCheck = {
  id: 'requests.forwarded-bytes',
  title: 'forwards what the client wrote, unknown members and spelling included',
  async run(hands, lane) {
    const rig = await hands.rig()
    rig.says(lane, { text: 'Fine.' })
    const extra = { x_unknown: { deep: [1, { a: null }] }, temperature: 0.25 }

    await rig.ask(lane, { extra })

    const sent = rig.server.requests[0]?.text() ?? ''
    assert.ok(sent.includes('"x_unknown":{"deep":[1,{"a":null}]},"temperature":0.25'), sent)
  },
}

const unchanged: LaneCheck<Lane> = {
  id: 'requests.unchanged',
  title: 'leaves the request as the host gave it',
  async run(hands, lane) {
    const rig = await hands.rig()
    const bodies: { readonly given: unknown; readonly copy: unknown }[] = []
    rig.spy.onChat = deepFreeze
    rig.spy.onRequest = (request) => {
      bodies.push({ given: request.body, copy: structuredClone(request.body) })
      return deepFreeze(request)
    }

    goodAnswer(await rig.ask(lane))

    for (const { given, copy } of bodies) assert.deepEqual(bytesOf(given), bytesOf(copy))
  },
}

const onePerAttempt: LaneCheck = {
  id: 'requests.one-per-attempt',
  title: 'asks once per attempt, whatever the provider answers',
  async run(hands, lane) {
    for (const status of [302, 408, 429, 500, 503]) {
      const rig = await hands.rig()
      const headers = { location: `${rig.fake.baseUrl}/elsewhere`, 'retry-after': '0' }
      rig.server.respondWith([{ do: 'head', status, headers }, { do: 'end' }])

      await rig.ask(lane)

      assert.equal(rig.server.requests.length, 1, `requests after ${status}`)
    }
  },
}

const onePerLostConnection: LaneCheck = {
  id: 'requests.one-per-lost-connection',
  title: 'asks once per attempt, even if the connection is lost',
  async run(hands, lane) {
    const rig = await hands.rig()
    rig.server.respondWith([{ do: 'reset' }])

    await rig.ask(lane)

    assert.equal(rig.server.requests.length, 1)
  },
}

/** What providers are asked. */
export const requests: Theme = ({ lanes }) => {
  const withProvider = providerLanes(lanes)
  const forwarded = withProvider.filter((lane) => lane.way === 'forward')
  return [
    ...onLanes(lanes, way, unchanged),
    ...onLanes(withProvider, accepted, onePerAttempt, onePerLostConnection),
    ...onLanes(forwarded, forwardedBytes),
  ]
}

function bytesOf(body: unknown): Uint8Array {
  // A copy of a buffer is a plain array of bytes; they are compared as what they hold.
  return body instanceof Uint8Array ? Uint8Array.from(body) : new Uint8Array()
}
