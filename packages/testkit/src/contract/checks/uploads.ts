import assert from 'node:assert/strict'
import type { BodyReceiver, BodySource, GatewayError } from '@jackfield/core'
import { reply } from '../../fake/script.ts'
import type { Check, Theme } from '../check.ts'
import { type Captured, readBody, sendTo, unwanted } from '../direct.ts'
import type { Rig } from '../rig/rig.ts'
import { within } from '../waiting.ts'
import type { Client } from '../wire/client.ts'

const pieces = ['--boundary\r\n', 'first ', 'second ', 'third\r\n', '--boundary--'] as const

function streamed(client: Client): Check {
  return {
    id: 'uploads.streamed',
    title: 'passes a body on that comes in pieces',
    async run(hands) {
      const rig = await hands.rig()
      const captured = await captureUpload(rig, client)
      const { length } = rig.server.requests

      const result = await within(
        5_000,
        sendTo(rig.backend, captured(new Upload())),
        'no answer came',
      )

      assert.ok('ok' in result)
      await readBody(result.ok.body)
      assert.equal(rig.server.requests[length]?.text(), pieces.join(''))
    },
  }
}

function broken(client: Client): Check {
  return {
    id: 'uploads.broken',
    title: 'sends no whole request when its body breaks off',
    async run(hands) {
      const rig = await hands.rig()
      const captured = await captureUpload(rig, client)
      const { length } = rig.server.requests

      const sending = sendTo(rig.backend, captured(new Upload(unwanted())))
      const result = await within(5_000, sending, 'send() did not settle')

      assert.ok('failed' in result, 'it was answered')
      assert.notEqual(rig.server.requests[length]?.state, 'answered')
    },
  }
}

/** Bodies that nobody reads may come in pieces. */
export const uploads: Theme = ({ wire, capabilities }) =>
  wire.opaque === undefined || !capabilities.opaque
    ? []
    : [streamed(wire.opaque.client), broken(wire.opaque.client)]

/** A request that passes unread, to be sent with another body. */
async function captureUpload(rig: Rig, client: Client): Promise<(body: BodySource) => Captured> {
  rig.server.respondWith(reply(200, {}))
  await rig.callAs(client).done
  const sent = rig.spy.sent.at(-1)
  assert.ok(sent, 'the host sent no request')
  const { request, context } = sent
  const headers = { 'content-type': 'multipart/form-data; boundary=boundary' }
  return (body) => ({ request: { ...request, headers, body }, context })
}

/** A body that comes in pieces, each when the event loop has turned. */
class Upload implements BodySource {
  readonly #failure: GatewayError | undefined
  #cancelled = false

  constructor(failure?: GatewayError) {
    this.#failure = failure
  }

  start(receiver: BodyReceiver): void {
    void this.#push(receiver)
  }

  pause(): void {}
  resume(): void {}

  cancel(): void {
    this.#cancelled = true
  }

  async #push(receiver: BodyReceiver): Promise<void> {
    for (const piece of pieces) {
      await new Promise((resolve) => setImmediate(resolve))
      if (this.#cancelled) return
      receiver.data(Buffer.from(piece))
    }
    if (this.#failure === undefined) receiver.end()
    else receiver.fail(this.#failure)
  }
}
