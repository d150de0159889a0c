import { headerValue } from '../body.ts'
import type { CallInput, Principal } from '../call.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import { mayUse } from '../routing/backends-for.ts'
import { CallState } from './call-state.ts'
import type { Snapshot } from './snapshot.ts'

/** Header with which a client names the backend, for calls whose body the gateway does not read. */
const backendHeader = 'x-jackfield-backend'

/** What a call is on its way in. */
export interface Entrance {
  readonly id: string
  readonly snapshot: Snapshot
  /** The call is only explained. */
  readonly isDryRun?: boolean
}

/** A call as it begins: who makes it, its head, and the backend that a header names. Throws for what nobody may ask, or can read. */
export function enterCall(input: CallInput, { id, snapshot, isDryRun }: Entrance): CallState {
  const principal = snapshot.authenticate(input.headers)
  const head = input.dialect.head(input)
  const call = new CallState({ id, input, head, principal, ...(isDryRun && { isDryRun }) })
  const named = headerValue(input.headers, backendHeader)
  if (named !== undefined) call.pick(requireBackend(named, principal, snapshot), 'header')
  return call
}

function requireBackend(name: string, principal: Principal, { routing }: Snapshot): string {
  if (routing.isBackend(name)) return name
  const names = routing.names.filter((known) => mayUse(known, principal))
  throw new GatewayError(
    'invalid_request',
    `The header ${backendHeader} names no configured backend. Backends: ${names.join(', ') || 'none'}.`,
    { param: backendHeader },
  )
}
