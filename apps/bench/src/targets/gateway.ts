import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findFreePort } from '../process/free-port.ts'
import { clientKey } from '../workload/prepared-request.ts'
import { forwarded, isTranslated, type Way } from '../workload/protocols/way.ts'
import type { TargetKind } from './target.ts'

const sources = fileURLToPath(new URL('../../../jackfield/src/main.ts', import.meta.url))

/**
 * The gateway as an operator would run it: one backend that speaks the way's upstream protocol, client keys required, a log line per call
 * (into a file). It runs from this workspace's sources, or from `entry`, the main file of an installed package.
 */
export function gatewayKind(entry?: string, way: Way = forwarded): TargetKind {
  return {
    name: isTranslated(way) ? way.name : 'gateway',
    async spawn({ children, upstreamPort, core }) {
      const port = await findFreePort()
      const config = join(children.folder, `gateway-${port}.yaml`)
      writeFileSync(config, gatewayConfig(upstreamPort, way))
      const child = children.start({
        name: 'gateway',
        entry: entry === undefined ? sources : resolve(entry),
        nodeFlags: entry === undefined ? ['--conditions=@jackfield/source'] : [],
        args: ['--config', config, '--port', String(port), '--api-key', clientKey],
        ...(core === undefined ? {} : { core }),
      })
      return { port, child, way }
    },
  }
}

const backendTypes = { chat: 'openai-compatible', anthropic: 'anthropic' }

function gatewayConfig(port: number, { upstream }: Way): string {
  return `backends:
  upstream:
    type: ${backendTypes[upstream.name]}
    base_url: http://127.0.0.1:${port}/v1
    api_key: bench-provider-key
default_backend: upstream
`
}
