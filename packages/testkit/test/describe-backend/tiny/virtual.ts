import {
  type BackendPlugin,
  fixedTargets,
  responseParts,
  type StreamPart,
  type VirtualContext,
} from '@jackfield/core'

/** The smallest backend without a provider. */
const tinyVirtual: BackendPlugin = {
  apiVersion: 1,
  type: 'tiny-virtual',
  options: { type: 'object', properties: {}, additionalProperties: false },
  create: (_options, { name }) => ({
    operations: new Set(['chat', 'completions'] as const),
    targets: fixedTargets([{ id: name, name: 'here', weight: 1, stateScope: name }], {
      strategy: 'round-robin',
      affinity: 'none',
    }),
    handling: () => ({ way: 'virtual' }),
    chat: (_request, { signal }) => answer(signal),
    models: async () => [{ id: 'fake-chat' }],
  }),
}

export default tinyVirtual

async function* answer(signal: VirtualContext['signal']): AsyncIterable<readonly StreamPart[]> {
  const parts = responseParts({
    content: [{ type: 'text', text: 'A few words and then some more. '.repeat(8) }],
    finish: { reason: 'stop' },
    usage: { inputTokens: 1, outputTokens: 64 },
  })
  for (const part of parts) {
    signal.throwIfAborted()
    yield [part]
  }
}
