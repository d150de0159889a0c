import {
  type Backend,
  type BackendPlugin,
  fixedTargets,
  GatewayError,
  responseParts,
  type StreamPart,
} from '@jackfield/core'
import Type from 'typebox'
import { describeRequest } from './describe-request.ts'

/** The echo backend has no options. */
export type EchoOptions = Readonly<Record<string, never>>

/** Characters that count as one token: a rule of thumb that is the same on every machine. */
const charactersPerToken = 4

/** Parts per batch, so that a streaming client sees the answer arrive in several reads. */
const batchSize = 2

/**
 * Answers without any key or network: says which model, session and parameters the gateway understood, and repeats the
 * last user message. The same request gives the same answer, streamed and not.
 */
const echo: BackendPlugin<EchoOptions> = {
  apiVersion: 1,
  type: 'echo',
  options: Type.Object({}, { additionalProperties: false }),
  create: (_options, { name }): Backend => ({
    operations: new Set(['chat', 'completions']),
    targets: fixedTargets([{ id: `echo-${name}`, name: 'local', weight: 1, stateScope: name }], {
      strategy: 'round-robin',
      affinity: 'none',
    }),
    handling: () => ({ way: 'virtual' }),
    async *chat(request, { model, call, signal }) {
      if ((request.candidates ?? 1) > 1) throw oneAnswer()
      const text = describeRequest(request, { model, session: call.session })
      const inputTokens = countTokens(JSON.stringify(request.messages))
      const parts = responseParts({
        model: model === '' ? 'echo' : model,
        content: [{ type: 'text', text }],
        finish: { reason: 'stop' },
        usage: { inputTokens, outputTokens: countTokens(text) },
      })
      for (const batch of batches([...parts])) {
        signal.throwIfAborted()
        yield batch
      }
    },
    models: async () => [{ id: 'echo', created: 0, capabilities: [] }],
    probe: async () => undefined,
  }),
}

export default echo

function oneAnswer(): GatewayError {
  return new GatewayError('unsupported_capability', 'The echo backend gives one answer only.', {
    param: 'n',
  })
}

function countTokens(text: string): number {
  return Math.ceil(text.length / charactersPerToken)
}

function* batches(parts: readonly StreamPart[]): Generator<readonly StreamPart[]> {
  for (let at = 0; at < parts.length; at += batchSize) yield parts.slice(at, at + batchSize)
}
