import { createHmac, timingSafeEqual } from 'node:crypto'
import { isObject } from '../strict/shape.ts'
import type { FollowingItem, ReasoningState } from './answer.ts'

/** Makes and opens `encrypted_content` of one organisation. */
export interface StateSeal {
  seal(state: ReasoningState): string
  /** What was sealed; undefined for anything that this organisation did not make, and for anything that was altered. */
  open(encrypted: string): ReasoningState | undefined
}

/** State that is readable, but cannot be made or changed without the secret. */
export function createStateSeal(secret: string, organisation: string): StateSeal {
  const mac = (payload: string): string =>
    createHmac('sha256', secret).update(`${organisation}\n${payload}`).digest('base64url')
  return {
    seal: (state) => {
      const payload = Buffer.from(JSON.stringify(state)).toString('base64url')
      return `${payload}.${mac(payload)}`
    },
    open: (encrypted) => {
      const [payload = '', given = '', ...rest] = encrypted.split('.')
      if (rest.length > 0 || !sameText(given, mac(payload))) return undefined
      return stateOf(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')))
    },
  }
}

function sameText(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)]
  return one.length === other.length && timingSafeEqual(one, other)
}

function stateOf(value: unknown): ReasoningState | undefined {
  if (!isObject(value) || typeof value['id'] !== 'string') return undefined
  const next = followingOf(value['next'])
  return { id: value['id'], ...(next && { next }) }
}

function followingOf(value: unknown): FollowingItem | undefined {
  if (!isObject(value) || typeof value['type'] !== 'string') return undefined
  const { type, callId } = value
  return { type, ...(typeof callId === 'string' && { callId }) }
}
