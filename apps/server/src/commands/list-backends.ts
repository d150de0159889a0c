import { loadConfig } from '../config/load.ts'
import { ConfigError } from '../config/problems.ts'
import type { InstalledBackend } from '../installed-backends.ts'
import type { Program } from '../program.ts'

/** Prints the installed backends: type, package, version, what each needs, and whether it is in use. */
export async function listBackends(program: Program): Promise<number> {
  const used = await usedTypes(program)
  const rows = program.packages.installed.map((backend) => [
    backend.type,
    `${backend.packageName}@${backend.version}`,
    used.get(backend.packageName)?.join(', ') ?? 'not enabled',
    needs(backend),
  ])
  program.print(table([['TYPE', 'PACKAGE', 'ENABLED AS', 'NEEDS'], ...rows]))
  return 0
}

/** Names under which each package is enabled. A configuration with problems enables nothing. */
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

function needs({ auth, variables }: InstalledBackend): string {
  if (auth === 'none') return 'nothing'
  if (auth === 'oauth') return 'a local login'
  return variables.api_keys === undefined ? 'options in the configuration' : variables.api_keys
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
