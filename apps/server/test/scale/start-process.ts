import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** Memory of a gateway process after a forced collection, in bytes. */
export interface Memory {
  readonly heapUsed: number
  readonly rss: number
  readonly external: number
  /** Open calls. */
  readonly open: number
}

export interface GatewayProcess {
  readonly url: string
  memory(): Promise<Memory>
}

/** Starts a gateway with this configuration in a process of its own; it is stopped when the test ends. */
export async function startGatewayProcess(yaml: string): Promise<GatewayProcess> {
  const child = fork(fileURLToPath(new URL('gateway-process.ts', import.meta.url)), [yaml], {
    execArgv: ['--conditions=@jackfield/source', '--expose-gc'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  onTestFinished(() => stop(child))
  const { url } = await answer<{ readonly url: string }>(child)
  return {
    url,
    memory() {
      child.send('memory')
      return answer<Memory>(child)
    },
  }
}

function answer<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    child.once('exit', reject)
    child.once('message', (message) => {
      child.off('exit', reject)
      resolve(message as Message)
    })
  })
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.send('stop')
  })
}
