import { createGateway, type GatewayConfig } from '@jackfield/core'
import { createCommands } from '../src/index.ts'

/** A gateway that understands commands. */
export function start(config: GatewayConfig) {
  return createGateway({ config, stages: [createCommands()] })
}
