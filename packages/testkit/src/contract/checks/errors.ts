import assert from 'node:assert/strict'
import { reply } from '../../fake/script.ts'
import { type LaneCheck, onLanes, type Theme } from '../check.ts'
import { providerLanes } from '../lanes.ts'
import { backendName } from '../rig/rig.ts'

const upstream: LaneCheck = {
  id: 'errors.upstream',
  title: 'says which backend failed, and with which status',
  async run(hands, lane) {
    const rig = await hands.rig()
    const type = { 'content-type': 'application/json' }
    rig.server.respondWith(reply(500, hands.subject.wire.errorBody('Broken.'), type))

    await rig.ask(lane)

    const { backend, status } = rig.attempts[0]?.outcome.error?.upstream ?? {}
    assert.deepEqual([backend, status], [backendName, 500])
  },
}

const words: LaneCheck = {
  id: 'errors.provider-words',
  title: 'repeats what the provider says, shortened',
  async run(hands, lane) {
    const rig = await hands.rig()
    const type = { 'content-type': 'application/json' }
    const said = `The moon is in the way. ${'And so on. '.repeat(1_000)}`
    rig.server.respondWith(reply(500, hands.subject.wire.errorBody(said), type))

    await rig.ask(lane)

    const message = rig.attempts[0]?.outcome.error?.message ?? ''
    assert.ok(message.includes('The moon is in the way.'), message)
    assert.ok(message.length < 1_000, `the message has ${message.length} characters`)
  },
}

/** What failures say, besides their class. */
export const errors: Theme = ({ lanes }) =>
  onLanes(
    providerLanes(lanes).filter(({ own }) => own),
    upstream,
    words,
  )
