import type { FakeServer } from '../fake/fake-server.ts'
import type { FaultCase } from './fault.ts'
import { appliesTo } from './faults.ts'
import { type FaultCall, renderFault } from './render-fault.ts'

/** To which calls a fault happens, and to how many. */
export interface FaultRun extends FaultCall {
  /**
   * Only to the next so many requests (connections for faults before a request); then the server does what it did before.
   * Default: to all from now on. Faults of the listener have no end.
   */
  readonly times?: number
}

/**
 * Makes a fake server behave as the fault says. Faults that happen before a request drop the open connections, so that the next call must
 * connect. Throws when the fault cannot happen to such a call. `server.setListener('accept')` ends faults of the listener.
 */
export async function runFault(server: FakeServer, fault: FaultCase, run: FaultRun): Promise<void> {
  const { script } = fault
  if (script.at === 'listener') {
    if (!appliesTo(fault, run)) throw new Error(`the fault "${fault.id}" does not happen here`)
    if (run.times !== undefined) throw new Error(`the fault "${fault.id}" cannot be counted`)
    await server.setListener(script.mode)
    return await server.dropConnections()
  }
  const rendered = renderFault(fault, run)
  await server.setListener('accept')
  if (script.at === 'connection') await server.dropConnections()
  if (run.times === undefined) return server.respondWith(rendered)
  for (let count = 0; count < run.times; count += 1) server.respondOnce(rendered)
}
