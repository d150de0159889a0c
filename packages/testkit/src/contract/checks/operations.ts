import assert from 'node:assert/strict'
import type { Operation } from '@jackfield/core'
import { reply } from '../../fake/script.ts'
import { type Check, type LaneCheck, onLanes, type Theme } from '../check.ts'
import type { Lane } from '../lanes.ts'
import { goodAnswer, textOf } from '../reading.ts'
import { contextFor } from '../rig/start-rig.ts'
import type { ProviderWire } from '../wire/provider-wire.ts'

const json = { 'content-type': 'application/json' }

/** Bytes that are no text in any encoding. */
const opaqueBytes = Uint8Array.from({ length: 4_096 }, (_, at) => (at * 167) % 256)

const declared: Check = {
  id: 'operations.declared',
  title: 'serves the operations that its capabilities say',
  async run(hands) {
    const { completions, embeddings, opaque } = hands.subject.capabilities
    const { operations } = await hands.backend(contextFor())
    const has = (name: Operation) => operations.has(name)

    assert.deepEqual(
      [has('chat'), has('completions'), has('embeddings'), has('opaque')],
      [true, completions, embeddings, opaque],
    )
  },
}

const completions: LaneCheck<Lane> = {
  id: 'operations.completions',
  title: 'serves legacy completions',
  async run(hands, lane) {
    const rig = await hands.rig()

    const call = rig.callAs(hands.subject.wire.completions, { stream: lane.stream })
    await call.done

    assert.notEqual(textOf(goodAnswer(call)), '')
    assert.deepEqual(call.answer().violations, [])
  },
}

function embeddings(calls: NonNullable<ProviderWire['embeddings']>): Check {
  const { client, answer, inputTokens } = calls
  return {
    id: 'operations.embeddings',
    title: 'hands on embeddings to the letter',
    async run(hands) {
      const rig = await hands.rig()
      rig.server.respondWith(reply(200, answer, json))

      const call = rig.callAs(client)
      await call.done

      assert.equal(call.sink.text, answer)
      assert.equal(rig.attempts[0]?.outcome.usage.usage?.inputTokens, inputTokens)
    },
  }
}

function counting({ client, answer }: NonNullable<ProviderWire['counting']>): Check {
  return {
    id: 'operations.counting',
    title: 'asks the provider how many tokens there are',
    async run(hands) {
      const rig = await hands.rig()
      rig.server.respondWith(reply(200, answer, json))

      const call = rig.callAs(client)
      await call.done

      assert.equal(call.sink.text, answer)
      assert.equal(rig.server.requests.length, 1)
    },
  }
}

/** Where the provider does not count, the host estimates, and says so. */
function estimated({ client }: NonNullable<ProviderWire['counting']>): Check {
  return {
    id: 'operations.no-counting',
    title: 'leaves it to the host to estimate tokens, without asking anybody',
    async run(hands) {
      const rig = await hands.rig()

      const call = rig.callAs(client)
      await call.done

      assert.equal(call.sink.status, 200)
      assert.equal(rig.server.requests.length, 0)
    },
  }
}

function opaque({ client }: NonNullable<ProviderWire['opaque']>): readonly Check[] {
  const passes: Check = {
    id: 'operations.opaque',
    title: 'passes on what it does not read, byte for byte and both ways',
    async run(hands) {
      const rig = await hands.rig()
      rig.server.respondWith(reply(200, opaqueBytes, { 'content-type': 'audio/mpeg' }))

      const call = rig.callAs(client)
      await call.done

      const sent = client.body({ model: hands.subject.model, text: 'Hello.', stream: false })
      assert.equal(rig.server.requests[0]?.text(), Buffer.from(sent).toString())
      assert.equal(call.sink.headers['content-type'], 'audio/mpeg')
      assert.ok(Buffer.from(opaqueBytes).equals(call.sink.body), 'the bytes differ')
    },
  }
  const refuses: Check = {
    id: 'operations.opaque-refusal',
    title: 'passes on a refusal of what it does not read',
    async run(hands) {
      const rig = await hands.rig()
      rig.server.respondWith(reply(422, hands.subject.wire.errorBody('No such size.'), json))

      const call = rig.callAs(client)
      await call.done

      assert.equal(call.sink.status, 422)
      assert.ok(call.sink.text.includes('No such size.'), call.sink.text)
    },
  }
  return [passes, refuses]
}

function refused(name: string, { client }: NonNullable<ProviderWire['opaque']>): Check {
  return {
    id: `operations.no-${name}`,
    title: `refuses calls of ${name}, which it does not serve, without asking anybody`,
    async run(hands) {
      const rig = await hands.rig()

      const call = rig.callAs(client)
      await call.done

      assert.equal(rig.ends[0]?.error?.code, 'unsupported_capability')
      assert.equal(rig.server.requests.length, 0)
    },
  }
}

/** What besides chat is served, and what is refused. */
export const operations: Theme = ({ wire, capabilities, lanes }) => {
  const own = lanes.filter((lane) => lane.own)
  const can = capabilities
  return [
    declared,
    ...(can.completions
      ? onLanes(own, completions)
      : [refused('completions', { client: wire.completions })]),
    ...(wire.embeddings === undefined
      ? []
      : [can.embeddings ? embeddings(wire.embeddings) : refused('embeddings', wire.embeddings)]),
    ...(wire.counting === undefined
      ? []
      : [can.counting ? counting(wire.counting) : estimated(wire.counting)]),
    ...(wire.opaque === undefined
      ? []
      : can.opaque
        ? opaque(wire.opaque)
        : [refused('opaque', wire.opaque)]),
  ]
}
