import type { Model, ModelCapability } from '@jackfield/core'

const capabilities: readonly ModelCapability[] = [
  'tools',
  'images-in',
  'files-in',
  'reasoning',
  'structured-output',
]

const known: readonly (readonly [id: string, contextWindow: number, maxOutputTokens: number])[] = [
  ['claude-opus-5', 1_000_000, 128_000],
  ['claude-sonnet-5', 1_000_000, 128_000],
  ['claude-fable-5', 1_000_000, 128_000],
  ['claude-opus-4-8', 1_000_000, 128_000],
  ['claude-opus-4-7', 1_000_000, 128_000],
  ['claude-opus-4-6', 1_000_000, 128_000],
  ['claude-sonnet-4-6', 200_000, 128_000],
  ['claude-opus-4-5-20251101', 200_000, 64_000],
  ['claude-sonnet-4-5-20250929', 200_000, 64_000],
  ['claude-haiku-4-5-20251001', 200_000, 64_000],
  ['claude-opus-4-1-20250805', 200_000, 32_000],
  ['claude-sonnet-4-20250514', 200_000, 64_000],
]

/** Name of a model without its date, which Anthropic takes too. */
const undated = (id: string): string => id.replace(/-\d{8}$/, '')

/**
 * Models with their limits in tokens, as documented in 2026-09. They stand in while the provider does not answer, and say what its
 * own list leaves open. Never an allow-list.
 */
export const knownModels: readonly Model[] = known.map(([id, contextWindow, maxOutputTokens]) => ({
  id,
  ...(undated(id) === id ? {} : { aliases: [undated(id)] }),
  contextWindow,
  maxOutputTokens,
  capabilities,
}))
