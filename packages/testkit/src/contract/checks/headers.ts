import assert from 'node:assert/strict'
import type { Headers } from '@jackfield/core'
import type { RecordedRequest } from '../../fake/recorded-request.ts'
import { type Hands, type LaneCheck, onLanes, type Theme } from '../check.ts'
import { type ProviderLane, providerLanes } from '../lanes.ts'
import { goodAnswer } from '../reading.ts'

const mark = 'client-mark-5b1e'

/** Headers in which clients say who they are, to the gateway. */
const credentials: Headers = {
  authorization: `Bearer ${mark}`,
  'x-api-key': mark,
  'x-goog-api-key': mark,
  'api-key': mark,
  cookie: `session=${mark}`,
  'proxy-authorization': `Basic ${mark}`,
}

/** Headers that are about the client's own connection, and those that proxies add. */
const hopByHop: Headers = {
  connection: `keep-alive, ${mark}`,
  [mark]: mark,
  'keep-alive': `timeout=${mark}`,
  'proxy-connection': mark,
  te: `trailers, ${mark}`,
  trailer: mark,
  upgrade: mark,
  expect: mark,
  host: `${mark}.example`,
  'accept-encoding': `br, ${mark}`,
  'x-forwarded-for': mark,
  'x-forwarded-host': mark,
  forwarded: `for=${mark}`,
  via: mark,
  'x-jackfield-session': mark,
}

const clientCredentials: LaneCheck = {
  id: 'headers.client-credentials',
  title: 'never shows the provider what clients authenticate with',
  async run(hands, lane) {
    assertUnmarked(await received(hands, lane, credentials))
  },
}

const clientConnection: LaneCheck = {
  id: 'headers.hop-by-hop',
  title: 'keeps headers that are about the client’s connection',
  async run(hands, lane) {
    assertUnmarked(await received(hands, lane, hopByHop))
  },
}

const userAgent: LaneCheck = {
  id: 'headers.user-agent',
  title: 'says that it is the gateway who asks',
  async run(hands, lane) {
    const request = await received(hands, lane, {})

    assert.match(request.headers['user-agent'] ?? '', /jackfield/)
  },
}

const identity: LaneCheck = {
  id: 'headers.identity',
  title: 'asks for answers that are not compressed',
  async run(hands, lane) {
    const request = await received(hands, lane, {})

    assert.equal(request.headers['accept-encoding'] ?? 'identity', 'identity')
  },
}

const ownKey: LaneCheck = {
  id: 'headers.own-key',
  title: 'authenticates with its own key',
  async run(hands, lane) {
    const rig = await hands.rig()

    goodAnswer(await rig.ask(lane, {}, credentials))

    const key = rig.keys[0]?.value.reveal() ?? ''
    const sent = rig.server.requests[0]?.rawHeaders.map(([, value]) => value) ?? []
    assert.ok(
      sent.some((value) => value.includes(key)),
      'the key is not among the headers',
    )
  },
}

/** What a client's headers are to the provider. */
export const headers: Theme = ({ lanes, capabilities }) => {
  const withProvider = providerLanes(lanes)
  return [
    ...onLanes(withProvider, clientCredentials, clientConnection, userAgent, identity),
    ...(capabilities.keys ? onLanes(withProvider, ownKey) : []),
  ]
}

async function received(hands: Hands, lane: ProviderLane, sent: Headers): Promise<RecordedRequest> {
  const rig = await hands.rig()
  goodAnswer(await rig.ask(lane, {}, sent))
  const [request] = rig.server.requests
  assert.ok(request)
  return request
}

function assertUnmarked({ rawHeaders, path, query }: RecordedRequest): void {
  const marked = rawHeaders.filter((pair) => pair.join(': ').includes(mark))
  assert.deepEqual(marked, [])
  assert.ok(!`${path}?${query}`.includes(mark))
}
