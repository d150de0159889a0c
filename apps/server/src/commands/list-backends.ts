import { describeNeeds } from '../backend-needs.ts'
import { loadConfig } from '../config/load.ts'
import { ConfigError } from '../config/problems.ts'
import type { Program } from '../program.ts'
import { table } from '../table.ts'

/** Prints the installed backends: type, package, version, what each needs, and whether it is in use. */
export async function listBackends(program: Program): Promise<number> {
  const used = await usedTypes(program)
  const rows = program.packages.installed.map((backend) => [
    backend.type,
    `${backend.packageName}@${backend.version}`,
    used.get(backend.packageName)?.join(', ') ?? 'not enabled',
    describeNeeds(backend),
  ])
  program.print(table([['TYPE', 'PACKAGE', 'ENABLED AS', 'NEEDS'], ...rows]).join('\n'))
  return 0
}

/** Names under which each package is enabled. A configuration with problems enables nothing, and they are told. */
async function usedTypes(program: Program): Promise<ReadonlyMap<string, readonly string[]>> {
  const used = new Map<string, string[]>()
  try {
    const { backends } = await loadConfig(program)
    for (const { name, packageName } of backends) {
      used.set(packageName, [...(used.get(packageName) ?? []), name])
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    program.complain(`${error.message}\n`)
  }
  return used
}
