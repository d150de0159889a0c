import { pino } from 'pino'
import { buildServer } from '../../src/build-server.ts'
import { loadTestConfig } from '../end-to-end/harness.ts'

/** A gateway in a process of its own, whose memory can be asked for. Run with `--expose-gc`; argument: the configuration. */
const loaded = await loadTestConfig(process.argv[2] ?? '{}', {})
const server = await buildServer(loaded, { log: pino({ level: 'silent' }), version: '0.0.0-test' })
const url = await server.app.listen({ host: '127.0.0.1', port: 0 })

process.on('message', (message) => {
  if (message === 'stop') {
    process.disconnect()
    void server.app.close()
    return
  }
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, rss, external } = process.memoryUsage()
  process.send?.({ heapUsed, rss, external, open: server.gateway.health().openCalls })
})
process.send?.({ url })
