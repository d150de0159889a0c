import type { Child, Children } from '../process/children.ts'
import type { Way } from '../workload/protocols/way.ts'

/** What starting a target takes. */
interface TargetStart {
  readonly children: Children
  readonly upstreamPort: number
  readonly core?: number
}

/** A process under measurement. It listens on a loopback port and is known to `/proc` by its pid; nothing else is asked of it. */
export interface Target {
  readonly port: number
  readonly child: Child
  /** What it is spoken to in, and what it finds behind it. */
  readonly way: Way
}

/** A kind of program that can be put between driver and upstream. */
export interface TargetKind {
  readonly name: string
  /** Starts the process and returns at once, so that the time to its first answer can be measured from here. */
  spawn(start: TargetStart): Promise<Target>
}
