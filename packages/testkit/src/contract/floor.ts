import type { Capabilities } from './capabilities.ts'

/**
 * Checks that a backend of each kind must run at least, whatever else it cannot do. Written by hand: checks that get lost
 * make a test red.
 */
const floors = {
  native: { forwards: 371, translates: 253 },
  never: { forwards: 248, translates: 208 },
  always: { forwards: 364, translates: 285 },
} as const

const virtualFloor = 44

/** How many checks a backend with these capabilities must run at least. */
export function floorOf({ streaming, forwards }: Capabilities): number {
  if (streaming === 'virtual') return virtualFloor
  return floors[streaming][forwards ? 'forwards' : 'translates']
}
