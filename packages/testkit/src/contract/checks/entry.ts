import assert from 'node:assert/strict'
import { Worker } from 'node:worker_threads'
import type { Check, Theme } from '../check.ts'
import { within } from '../waiting.ts'

/** Milliseconds for the module and all that it imports, on a slow machine, and for a thread to end. */
const patience = 8_000

/** What an import did in a thread of its own. */
interface Imported {
  /** Type of the default export. */
  readonly plugin: string
  /** Kinds of resources that keep the thread alive. */
  readonly resources: readonly string[]
}

function noSideEffects(url: string): Check {
  return {
    id: 'entry.no-side-effects',
    title: 'does nothing when it is imported, not even print',
    async run() {
      const { imported, printed } = await importAlone(url)

      assert.deepEqual({ ...imported, printed }, { plugin: 'object', resources: [], printed: '' })
    },
  }
}

/** Importing the package does nothing. */
export const entry: Theme = ({ entry: url }) => (url === undefined ? [] : [noSideEffects(url)])

const script = `
  const { parentPort, workerData } = require('node:worker_threads')
  import(workerData).then((module) => {
    const kinds = /^(TCP|TLS|UDP|Timeout|Immediate|Process|Pipe|FS)/
    const resources = process.getActiveResourcesInfo().filter((name) => kinds.test(name))
    parentPort.postMessage({ plugin: typeof module.default, resources })
  })
`

/** Imports a module in a thread of its own, which must come to its end by itself. */
async function importAlone(
  url: string,
): Promise<{ readonly imported: Imported; readonly printed: string }> {
  const worker = new Worker(script, { eval: true, workerData: url, stdout: true, stderr: true })
  let printed = ''
  for (const output of [worker.stdout, worker.stderr]) {
    output.on('data', (text) => {
      printed += text
    })
  }
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const message = new Promise<Imported>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('the import ended its process')))
  })
  try {
    const imported = await within(patience, message, 'the import came to no end')
    if (imported.resources.length === 0) {
      await within(patience, exited, 'the import leaves something open: its thread does not end')
    }
    return { imported, printed }
  } finally {
    await worker.terminate()
  }
}
