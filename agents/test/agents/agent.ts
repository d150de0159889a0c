import type { Turn } from '../providers/script.ts'
import type { AgentCommand } from '../run-agent.ts'
import type { Sandbox } from '../sandbox.ts'

/** An agent from npm, pointed at a gateway. */
export interface Agent {
  readonly name: string
  /** Writes its configuration and says how to start it. */
  prepare(sandbox: Sandbox, gateway: string): Promise<AgentCommand>
  /** The task in calls of the tools that it has, and the sentence at its end. */
  turns(work: string): readonly Turn[]
}

/** What the user says. */
export const prompt = 'Write note.txt and count.txt, then put both into all.txt.'

/** What the model says at last. */
export const lastWords = 'The zebra is counted — 2 files, “done”.'

/** The files that the task leaves. */
export const files = {
  'note.txt': 'A "quoted" zebra 🦓 costs 7 % \\ é\n',
  'count.txt': 'one two\n',
  'all.txt': 'A "quoted" zebra 🦓 costs 7 % \\ é\none two\n',
} as const

/** The parts of the task that every agent has a shell for. */
export const commands = {
  count: 'echo one two > count.txt && cat count.txt',
  join: 'cat note.txt count.txt > all.txt && cat all.txt',
} as const
