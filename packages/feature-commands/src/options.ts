import type { CallParameters } from '@jackfield/core'

/** How commands are treated. */
export interface CommandOptions {
  /** What stands before a command: 2 to 10 signs. Default `!/`. */
  readonly prefix?: string
  /**
   * `execute`: commands do what they say. `strip`: they are taken out of the text and do nothing. `off`: they are text like any other.
   * Default `execute`.
   */
  readonly mode?: 'execute' | 'strip' | 'off'
  /** Only what stands before the first word of a message is a command. Default `false`. */
  readonly strict?: boolean
  /** What the presets `max`, `medium`, `low` and `no-think` set. */
  readonly presets?: Readonly<Record<string, CallParameters>>
}

/** The options, complete. */
export type CommandSettings = Required<CommandOptions>
