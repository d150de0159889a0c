import type { Model } from '@jackfield/core'

const chat = ['tools', 'images-in', 'structured-output'] as const
const reasoning = [...chat, 'reasoning', 'files-in'] as const

const model = (
  id: string,
  contextWindow: number,
  maxOutputTokens: number,
  capabilities: NonNullable<Model['capabilities']>,
): Model => ({ id, contextWindow, maxOutputTokens, capabilities })

const embedding = (id: string): Model => ({
  id,
  contextWindow: 8_191,
  capabilities: ['embeddings'],
})

/**
 * Models with their limits in tokens, as documented in 2026-09. The provider's own list says no limits; these add them
 * and stand in while it does not answer.
 */
export const knownModels: readonly Model[] = [
  model('gpt-5.4', 1_050_000, 128_000, reasoning),
  model('gpt-5.4-mini', 400_000, 128_000, reasoning),
  model('gpt-5.2', 400_000, 128_000, reasoning),
  model('gpt-5.1', 400_000, 128_000, reasoning),
  model('gpt-5', 400_000, 128_000, reasoning),
  model('gpt-5-mini', 400_000, 128_000, reasoning),
  model('gpt-5-nano', 400_000, 128_000, reasoning),
  model('gpt-4.1', 1_047_576, 32_768, chat),
  model('gpt-4.1-mini', 1_047_576, 32_768, chat),
  model('gpt-4.1-nano', 1_047_576, 32_768, chat),
  model('gpt-4o', 128_000, 16_384, chat),
  model('gpt-4o-mini', 128_000, 16_384, chat),
  model('o3', 200_000, 100_000, reasoning),
  model('o4-mini', 200_000, 100_000, reasoning),
  embedding('text-embedding-3-small'),
  embedding('text-embedding-3-large'),
  embedding('text-embedding-ada-002'),
]
