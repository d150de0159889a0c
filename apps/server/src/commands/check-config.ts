import { createGateway } from '@jackfield/core'
import { loadConfig } from '../config/load.ts'
import { printConfig } from '../config/print.ts'
import { gatewayConfig } from '../gateway-config.ts'
import type { Program } from '../program.ts'

/** Prints the effective configuration, secrets replaced, with where each value came from. Sends no traffic. */
export async function checkConfig(program: Program): Promise<number> {
  const loaded = await loadConfig(program)
  const gateway = await createGateway({ config: gatewayConfig(loaded), version: program.version })
  await gateway.close({ graceMs: 0 })
  program.print(printConfig(loaded))
  return 0
}
