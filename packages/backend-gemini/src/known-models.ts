import type { Model, ModelCapability } from '@jackfield/core'

const capabilities: readonly ModelCapability[] = [
  'tools',
  'images-in',
  'audio-in',
  'files-in',
  'reasoning',
  'structured-output',
]

const generating = [
  'gemini-3.7-flash',
  'gemini-3.6-flash',
  'gemini-3.5-flash',
  'gemini-3.5-flash-lite',
  'gemini-3.1-pro-preview',
  'gemini-3.1-flash-lite',
  'gemini-3-pro-preview',
  'gemini-3-flash-preview',
  'gemini-2.5-pro',
  'gemini-2.5-flash',
  'gemini-2.5-flash-lite',
] as const

/**
 * Models with their limits in tokens, as documented in 2026-09. They stand in while the provider does not answer, and say what its
 * own list leaves open. Never an allow-list.
 */
export const knownModels: readonly Model[] = [
  ...generating.map((id) => ({
    id,
    contextWindow: 1_048_576,
    maxOutputTokens: 65_536,
    capabilities,
  })),
  { id: 'gemini-embedding-001', contextWindow: 2_048, capabilities: ['embeddings'] },
]
