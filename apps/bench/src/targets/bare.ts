import { fileURLToPath } from 'node:url'
import { findFreePort } from '../process/free-port.ts'
import { forwarded } from '../workload/protocols/way.ts'
import type { TargetKind } from './target.ts'

const entry = fileURLToPath(new URL('./bare-proxy.ts', import.meta.url))

/** The plain Node proxy that everything is measured against. */
export const bare: TargetKind = {
  name: 'bare',
  async spawn({ children, upstreamPort, core }) {
    const port = await findFreePort()
    const child = children.start({
      name: 'bare',
      entry,
      args: [String(port), String(upstreamPort)],
      channel: true,
      ...(core === undefined ? {} : { core }),
    })
    return { port, child, way: forwarded }
  },
}
