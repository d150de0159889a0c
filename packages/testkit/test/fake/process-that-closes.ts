import { connect } from 'node:net'
import { startFakeServer } from '../../src/fake/fake-server.ts'
import type { Script, ScriptStep } from '../../src/fake/script.ts'

// Run by a test as a process of its own: it ends only when nothing is left open. It leaves a server in every state in which
// something could be left behind; its clients do not keep it alive.

const head: ScriptStep = { do: 'head', status: 200 }
const scripts: Readonly<Record<string, Script>> = {
  gate: { at: 'request', steps: [{ do: 'gate', name: 'never' }] },
  hang: { at: 'request', steps: [head, { do: 'hang' }] },
  delay: { at: 'request', steps: [{ do: 'delay', ms: 3_600_000 }] },
  flood: { at: 'request', steps: [head, { do: 'endless', frame: 'x'.repeat(65_536) }] },
  'never read': { at: 'connection', steps: [{ do: 'hang' }] },
}

const done: string[] = []
for (const [name, script] of Object.entries(scripts)) {
  const server = await startFakeServer(script)
  const client = connect(server.port, '127.0.0.1').on('error', () => {})
  client.pause().unref()
  client.write('GET / HTTP/1.1\r\nhost: fake\r\n\r\n')
  if (script.at === 'connection') await server.waitForConnection(1)
  else await server.waitForRequest(1)
  await server.close()
  done.push(name)
}

const stalled = await startFakeServer([])
await stalled.setListener('stall')
connect(stalled.port, '127.0.0.1')
  .on('error', () => {})
  .unref()
await stalled.close()
process.stdout.write(`${[...done, 'stall'].join(', ')}\n`)
