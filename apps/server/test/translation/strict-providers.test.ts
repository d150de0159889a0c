import { type ChatRequest, type EncodedRequest, isGatewayError } from '@jackfield/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { sampleSize } from '../support/long-test.ts'
import { mangled } from './arbitrary/mangled.ts'
import { chatRequest } from './arbitrary/request.ts'
import { dialects, type Protocol } from './support/protocols.ts'
import {
  type StrictProvider,
  startStrictProvider,
  strictProviderKinds,
} from './support/strict-providers.ts'

vi.setConfig({ testTimeout: sampleSize({ sample: 20_000, whole: 900_000 }) })

const numRuns = sampleSize({ sample: 120, whole: 3_000 })

describe.each(strictProviderKinds)('a strict provider: $name', (kind) => {
  const { to, models } = kind
  let provider: StrictProvider
  beforeAll(async () => {
    provider = await startStrictProvider(kind)
  })
  afterAll(() => provider[Symbol.asyncDispose]())

  async function expectTaken(request: ChatRequest, model: string): Promise<void> {
    const sent = encode(to, { ...request, model })
    if (sent === undefined) return
    expect(await provider.complaint(sent, { model, stream: request.stream })).toBeUndefined()
  }

  it('takes every request', async () => {
    await fc.assert(
      fc.asyncProperty(chatRequest({ rare: true }), fc.constantFrom(...models), (request, model) =>
        expectTaken(withoutState(request), model),
      ),
      { numRuns },
    )
  })

  it('takes histories that have suffered', async () => {
    await fc.assert(
      fc.asyncProperty(
        mangled(chatRequest({ rare: false })),
        fc.constantFrom(...models),
        (request, model) => expectTaken(request, model),
      ),
      { numRuns },
    )
  })
})

/** State that no provider here has made is taken out before a request is encoded: that is shown elsewhere, in loops of tools. */
function withoutState(request: ChatRequest): ChatRequest {
  return {
    ...request,
    messages: request.messages.map((message) =>
      message.role === 'assistant'
        ? {
            ...message,
            content: message.content.filter(({ type }) => type !== 'provider').map(bare),
          }
        : message.role === 'user'
          ? { ...message, content: message.content.filter(({ type }) => type !== 'provider') }
          : message,
    ),
  }
}

function bare<Part extends object>(part: Part): Part {
  if (!('state' in part)) return part
  const { state: _, ...rest } = part
  return rest as Part
}

/** `undefined` for what the protocol cannot carry, which is refused here and not by the provider. */
function encode(to: Protocol, request: ChatRequest): EncodedRequest | undefined {
  try {
    return dialects[to].chat.encodeRequest(request)
  } catch (error) {
    expect(isGatewayError(error) && error.code).toBe('unsupported_capability')
    return undefined
  }
}
