import type { Turn } from '../providers/script.ts'
import type { AgentCommand } from '../run-agent.ts'
import type { Sandbox } from '../sandbox.ts'

/** An agent from npm, pointed at a gateway. */
export interface Agent {
  readonly name: string
  /** Writes its configuration and says how to start it, with what its user says: the task unless told. */
  prepare(sandbox: Sandbox, gateway: string, said?: string): Promise<AgentCommand>
  /** What it prints to the standard error when something went wrong that it could help itself out of. */
  readonly complaint: RegExp
  /** The task in calls of the tools that it has, and the sentence at its end. */
  turns(work: string): readonly Turn[]
}

/** What the user says. */
export const prompt =
  'Write note.txt and count.txt, put both into all.txt, and look at picture.png.'

/** The model of the provider, as the gateway lists it. */
export const listedModel = 'provider:fake-chat'

/** The key that the gateway gave the client. */
export const clientKey = 'key-of-the-client'

/** What the model says at last. */
export const lastWords = 'The zebra is counted — 2 files, “done”.'

/** A file of the work folder: 16 × 16 black pixels. */
export const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAAAAAA6mKC9AAAADUlEQVR42mNgGAXIAAABEAABf80DtQAAAABJRU5ErkJggg==',
  'base64',
)

/** The files that the task leaves. */
export const files = {
  'note.txt': 'A "quoted" zebra 🦓 costs 7 % \\ é\n',
  'count.txt': 'one two\n',
  'all.txt': 'A "quoted" zebra 🦓 costs 7 % \\ é\none two\n',
} as const

/** The parts of the task that every agent has a shell for. */
export const commands = {
  note: `cat > note.txt << 'END'\n${files['note.txt']}END`,
  count: 'echo one two > count.txt && cat count.txt',
  join: 'cat note.txt count.txt > all.txt && cat all.txt',
} as const
