import type { Model, ModelCapability } from '@jackfield/core'

/** What public ids carry in front; the provider does not know it. */
const prefix = 'internlm/'

const windows = { short: 32_768, long: 262_144 } as const

/** Both families: the names that older documents list, and the intern-s1 family of 2025 and later. */
const known: readonly (readonly [id: string, contextWindow: number])[] = [
  ['intern-latest', windows.long],
  ['intern-s1-pro', windows.long],
  ['intern-s1', windows.short],
  ['intern-s1-mini', windows.short],
  ['internlm2.5-latest', windows.short],
  ['internlm2.5-20b', windows.short],
  ['internlm2.5-7b', windows.short],
  ['internlm2-latest', windows.short],
  ['internlm2-20b', windows.short],
  ['internlm2-7b', windows.short],
]

const capabilities: readonly ModelCapability[] = ['tools', 'reasoning']

/** What is listed when the provider does not answer, and what it does not say of its models. Never an allow-list. */
export const knownModels: readonly Model[] = known.map(([id, contextWindow]) => ({
  id: publicId(id),
  aliases: [id],
  contextWindow,
  capabilities,
}))

/** The id that clients see. */
export function publicId(id: string): string {
  return id.startsWith(prefix) ? id : prefix + id
}

/** The id that the provider knows. */
export function upstreamModel(id: string): string {
  return id.startsWith(prefix) ? id.slice(prefix.length) : id
}
