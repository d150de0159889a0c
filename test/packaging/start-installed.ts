import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** An installed server that runs. */
export interface InstalledServer {
  readonly url: string
  stop(): Promise<number | null>
}

/** Starts a server's main file under a Node binary and waits for its line "listening". */
export function startInstalled(options: {
  readonly node: string
  readonly main: string
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  readonly args?: readonly string[]
}): Promise<InstalledServer> {
  const child = spawn(options.node, [options.main, '--port', '0', ...(options.args ?? [])], {
    cwd: options.folder,
    env: options.env,
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const stop = () => {
    child.kill('SIGTERM')
    return exited
  }
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  return new Promise((resolve, reject) => {
    void exited.then((code) => reject(new Error(`exited with ${code}: ${errors}`)))
    createInterface({ input: child.stdout }).on('line', (line) => {
      const parsed: { readonly msg?: string; readonly url?: string } = JSON.parse(line)
      if (parsed.msg === 'listening' && parsed.url !== undefined) resolve({ url: parsed.url, stop })
    })
  })
}
