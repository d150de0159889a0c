import { type ChatRequest, type EncodedRequest, isGatewayError } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { sampleSize } from '../support/long-test.ts'
import { chatRequest } from './arbitrary/request.ts'
import { asClientSaid } from './round-trip/as-client-said.ts'
import { essenceOf } from './round-trip/essence.ts'
import { withoutNamed } from './round-trip/named-losses.ts'
import { toldOtherwise } from './round-trip/told-otherwise.ts'
import { dialects, models, type Protocol, protocols } from './support/protocols.ts'

vi.setConfig({ testTimeout: sampleSize({ sample: 20_000, whole: 900_000 }) })

const numRuns = sampleSize({ sample: 150, whole: 5_000 })

/** Models that are asked in different ways. */
const targets: readonly (readonly [to: Protocol, model: string])[] = [
  ...protocols.map((to) => [to, models[to]] as const),
  ['anthropic', 'claude-opus-4-8'],
  ['gemini', 'gemini-2.5-flash'],
]

describe.each(targets)('a request to %s, %s', (to, model) => {
  it('loses nothing that is not named', () => {
    fc.assert(
      fc.property(chatRequest({ rare: true }), (request) => {
        const asked = { ...request, model }
        const encoded = encode(to, asked)
        if (encoded === undefined) return
        const arrived = asClientSaid(to, asked, encoded)

        const named = (said: ChatRequest) => encoded.dropped.reduce(withoutNamed, said)
        expect(essenceOf(named(arrived))).toEqual(essenceOf(named(toldOtherwise(to, named(asked)))))
      }),
      { numRuns },
    )
  })

  it('names only what there was', () => {
    fc.assert(
      fc.property(chatRequest({ rare: true }), (request) => {
        const asked = { ...request, model }
        for (const name of encode(to, asked)?.dropped ?? []) {
          expect({ name, request: withoutNamed(asked, name) }).not.toEqual({ name, request: asked })
        }
      }),
      { numRuns },
    )
  })
})

/** Refusing is not losing: `undefined`, where the protocol cannot carry what the user shows. */
function encode(to: Protocol, request: ChatRequest): EncodedRequest | undefined {
  try {
    return dialects[to].chat.encodeRequest(request)
  } catch (error) {
    expect(isGatewayError(error) && error.code).toBe('unsupported_capability')
    return undefined
  }
}
