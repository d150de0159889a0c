import { resolve } from 'node:path'
import { type Environment, fileVariables, reportConflict, variableValue } from './environment.ts'
import type { MapNode } from './node.ts'
import type { Origin } from './origin.ts'
import type { Report } from './problems.ts'
import { decodeText, displayPath, isMissing, type ReadFile, readFailure } from './source-files.ts'

/** Read if it exists and no other file is named. */
export const defaultFile = 'config/config.yaml'

export interface FileSources {
  /** What `--config` names. */
  readonly flag?: string
  readonly env: Environment
  /** The working folder. */
  readonly cwd: string
  readonly readFile: ReadFile
  readonly report: Report
}

/** A configuration file that was read. */
export interface ConfigFile {
  /** Absolute. */
  readonly path: string
  /** As messages show it. */
  readonly shown: string
  /** What it says; absent if it cannot be understood, which is reported. */
  readonly layer?: MapNode
}

/** Reads the file that is named, or the default one. `undefined`: nothing is named, and there is no default file. */
export async function readConfigFile(sources: FileSources): Promise<ConfigFile | undefined> {
  const { cwd, env, readFile, report } = sources
  const named = namedFile(sources)
  const path = resolve(cwd, named?.path ?? defaultFile)
  const shown = displayPath(path, cwd)
  const file = { path, shown }
  const problem = (reason: string) => {
    const message = `the configuration file ${shown} cannot be read: ${reason}`
    const fix = 'name a readable YAML file with --config or CONFIG_FILE'
    report({ ...(named && { origin: named.origin }), path: '', message, fix })
  }
  try {
    const text = decodeText(readFile(path))
    if (text === undefined) {
      problem('it is not UTF-8 text')
      return file
    }
    const { readYaml } = await import('./yaml-file.ts') // a start without a file needs no YAML
    const layer = readYaml({ text, shownFile: shown, file: path, env, readFile, report })
    return layer === undefined ? file : { ...file, layer }
  } catch (error) {
    if (named === undefined && isMissing(error)) return undefined
    problem(readFailure(error))
    return file
  }
}

function namedFile({
  flag,
  env,
  report,
}: FileSources): { path: string; origin: Origin } | undefined {
  if (flag !== undefined) return { path: flag, origin: { kind: 'flag', flag: '--config' } }
  const given = fileVariables.flatMap((name) => {
    const value = variableValue(env, name)
    return value === undefined ? [] : { name, value }
  })
  reportConflict('', given, report)
  const [first] = given
  return first && { path: first.value, origin: { kind: 'environment', variable: first.name } }
}
