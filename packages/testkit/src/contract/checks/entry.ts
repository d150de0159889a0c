import assert from 'node:assert/strict'
import { Worker } from 'node:worker_threads'
import type { Check, Theme } from '../check.ts'
import { within } from '../waiting.ts'

/** Milliseconds for the module and all that it imports, on a slow machine. */
const patience = 15_000

function noSideEffects(url: string): Check {
  return {
    id: 'entry.no-side-effects',
    title: 'does nothing when it is imported, not even print',
    async run() {
      const thread = await importAlone(url)

      assert.deepEqual(thread, { resources: [], printed: '', exitCode: 0, plugin: 'object' })
    },
  }
}

/** Importing the package does nothing. */
export const entry: Theme = ({ entry: url }) => (url === undefined ? [] : [noSideEffects(url)])

interface Thread {
  readonly resources: readonly string[]
  readonly printed: string
  readonly exitCode: number
  readonly plugin: string
}

const script = `
  const { parentPort, workerData } = require('node:worker_threads')
  import(workerData).then((module) => {
    const resources = process.getActiveResourcesInfo().filter((name) => /^(TCP|TLS|UDP|Timeout|Immediate|Process|Pipe)/.test(name))
    parentPort.postMessage({ resources, plugin: typeof module.default })
  })
`

/** Imports a module in a thread of its own, which must come to its end by itself. */
async function importAlone(url: string): Promise<Thread> {
  const worker = new Worker(script, { eval: true, workerData: url, stdout: true, stderr: true })
  let printed = ''
  let seen: Pick<Thread, 'resources' | 'plugin'> = { resources: [], plugin: 'undefined' }
  for (const output of [worker.stdout, worker.stderr]) {
    output.on('data', (text) => {
      printed += text
    })
  }
  worker.on('message', (message) => {
    seen = message
  })
  const exited = new Promise<number>((resolve, reject) => {
    worker.once('exit', resolve)
    worker.once('error', reject)
  })
  try {
    const exitCode = await within(
      patience,
      exited,
      'the import leaves something open: its thread does not end',
    )
    return { ...seen, printed, exitCode }
  } finally {
    await worker.terminate()
  }
}
