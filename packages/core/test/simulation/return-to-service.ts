import type { FakeClock } from '../fake-clock.ts'
import type { FakeGateway } from '../support/fake-gateway.ts'
import { longest } from './longest.ts'
import type { Event } from './record.ts'

/** The backends of a simulation. */
export type Backends = readonly { readonly name: string; readonly targets: readonly string[] }[]

export interface ReturnOptions {
  readonly backends: Backends
  readonly fake: FakeGateway
  readonly clock: FakeClock
  readonly events: readonly Event[]
  readonly calmAt: number
  /** Makes one call and waits for its end. */
  readonly ask: (
    selector: string,
  ) => Promise<{ readonly status: number | undefined; readonly requests: number }>
}

/**
 * Every target serves again, at the first attempt, within one probe interval after the latest of recovery, end of what the
 * provider told, and end of what the gateway inferred.
 */
export async function checkReturn(options: ReturnOptions): Promise<readonly string[]> {
  const { clock, events, calmAt, fake } = options
  const ends = events.map((event) => ('target' in event ? event.at + (event.target.forMs ?? 0) : 0))
  const latest = Math.max(calmAt, clock.monotonic(), ...ends)
  await clock.advance(latest + longest.probe - clock.monotonic())
  const out = fake.gateway
    .health()
    .backends.flatMap(({ name, targets }) =>
      targets
        .filter(({ state, models }) => state !== 'ready' || models !== undefined)
        .map((target) => `${name}.${target.name} is still out: ${JSON.stringify(target)}`),
    )
  return [...out, ...(await askAll(options))]
}

async function askAll({ backends, ask }: ReturnOptions): Promise<readonly string[]> {
  const problems: string[] = []
  for (const { name, targets } of backends) {
    for (const target of targets) {
      const { status, requests } = await ask(`${name}.${target}:m`)
      if (status === 200 && requests === 1) continue
      problems.push(`${name}.${target} is well again, but ${requests} requests got ${status}`)
    }
  }
  return problems
}
