import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import type { Sandbox } from './sandbox.ts'

/** How an agent is started. */
export interface AgentCommand {
  /** The script that its package starts, below `node_modules`. */
  readonly script: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** How it ended. */
export interface AgentRun {
  /** `null` when it was killed. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Far more than any of them needs for the task. */
const timeLimitMs = 90_000

/** Runs an agent in the work folder of a sandbox until it ends. When its time is over, it is killed together with what it started. */
export async function runAgent(command: AgentCommand, sandbox: Sandbox): Promise<AgentRun> {
  const script = new URL(`../node_modules/${command.script}`, import.meta.url).pathname
  const child = spawn(process.execPath, [script, ...command.args], {
    cwd: sandbox.work,
    env: { ...sandbox.env, ...command.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Leader of a group of its own, so that its children can be ended with it.
    detached: true,
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  const timer = setTimeout(() => endGroup(child.pid), timeLimitMs)
  try {
    const output = Promise.all([text(child.stdout), text(child.stderr)])
    const code = await ended
    // Whatever the agent left behind holds its output open.
    endGroup(child.pid)
    const [stdout, stderr] = await output
    return { code, stdout, stderr }
  } finally {
    clearTimeout(timer)
    endGroup(child.pid)
  }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // All of them have ended.
  }
}
