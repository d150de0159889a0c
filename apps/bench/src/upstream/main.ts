import type { UpstreamCommand, UpstreamReport } from './control.ts'
import { createFakeUpstream } from './fake-upstream.ts'

const upstream = createFakeUpstream()
const report = (message: UpstreamReport) => process.send?.(message)

process.on('message', (command: UpstreamCommand) => {
  if (command.type === 'step') upstream.step()
  else report({ type: 'counters', id: command.id, counters: upstream.counters() })
})
// The driver has gone, however it went: nobody else would end this process.
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
// Ctrl-C reaches the whole group; the driver decides when to end.
process.on('SIGINT', () => {})

upstream.server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => {
  const address = upstream.server.address()
  if (address !== null && typeof address === 'object') {
    report({ type: 'listening', port: address.port })
  }
})
