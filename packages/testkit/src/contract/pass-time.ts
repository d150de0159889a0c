import type { FaultPhase } from '../faults/fault.ts'
import type { ClientCall } from './rig/client-call.ts'
import type { Rig } from './rig/rig.ts'
import { eventually, turns } from './waiting.ts'

/** Milliseconds skipped at a time, and in all: more than a short limit, less than what makes the host lose patience itself. */
const step = 100
const most = 4_000

/** Lets time pass for a call that waits for its provider in a phase, until the call is over. */
export async function passTime(rig: Rig, call: ClientCall, phase: FaultPhase): Promise<void> {
  await standsStill(rig, call, phase)
  for (let passed = 0; passed < most && !call.sink.isOver; passed += step) {
    await turns()
    rig.clock.skip(step)
  }
}

/** Resolves when nothing moves any more but time. */
async function standsStill(rig: Rig, call: ClientCall, phase: FaultPhase): Promise<void> {
  if (phase === 'mid-stream') return await call.sink.until(({ size, isOver }) => size > 0 || isOver)
  if (phase === 'connect' || phase === 'request') return await turns(10)
  const count = rig.server.requests.length + (rig.server.requests.length === 0 ? 1 : 0)
  const request = await rig.arrival(count)
  await eventually(() => request.state === 'hanging' || call.sink.isOver, 'the provider hangs')
  await turns(5)
}
