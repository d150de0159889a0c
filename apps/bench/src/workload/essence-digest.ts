import { createHash } from 'node:crypto'
import type { Essence } from './protocols/protocol.ts'

/** The text by which an `essence` answer tells what the upstream understood. */
export function essenceDigest({ system, steps, tools }: Essence): string {
  const text = JSON.stringify([system, steps, tools])
  const hash = createHash('sha256').update(text).digest('hex')
  return `${steps.length} steps, ${tools.length} tools, sha256 ${hash}`
}
