import type { GatewayConfig, Principal } from '@jackfield/core'
import { defaultPresets } from '../../src/commands/all-commands.ts'
import { executeCommands } from '../../src/execute-commands.ts'
import { emptyState, type SessionState } from '../../src/session/session-state.ts'
import { readCommands } from '../../src/text/read-command.ts'
import { startWorld } from './world.ts'

/** What commands of one message say, and the state that they leave. */
export interface Ran {
  readonly text: string
  /** Absent where they have failed. */
  readonly state?: SessionState
}

export interface RunOptions {
  readonly config?: Partial<GatewayConfig>
  readonly backends?: readonly string[]
  /** Names of the backends that the caller may use; absent: all. */
  readonly own?: readonly string[]
}

export type Run = (text: string, state?: Partial<SessionState>) => Promise<Ran>

/** Runs the commands that a text is, in a gateway of its own. */
export async function runner({ own, ...options }: RunOptions = {}): Promise<Run> {
  const { routing } = await startWorld(options)
  const principal: Principal = { id: 'p', name: 'p', ...(own && { backends: own }) }
  return async (text, state = {}) => {
    const { commands, end } = readCommands(text, ['!/'], { start: 0, end: text.length })
    if (end < text.length) throw new Error(`"${text.slice(end)}" is no command`)
    const execution = await executeCommands(commands, {
      state: { ...emptyState, ...state },
      principal,
      session: 'session-1234',
      routing,
      prefix: '!/',
      presets: defaultPresets,
    })
    if ('failed' in execution) return { text: execution.failed }
    return { text: execution.texts.join('\n'), state: execution.state }
  }
}
