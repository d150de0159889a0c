import { describeNeeds } from './backend-needs.ts'
import type { ConfiguredBackend, KeySource } from './config/backends.ts'
import type { LoadedConfig } from './config/load.ts'
import { formatProblem } from './config/problems.ts'
import type { InstalledBackend } from './installed-backends.ts'
import { linesToPaste } from './lines-to-paste.ts'
import { isEveryAddress } from './listen.ts'
import { table } from './table.ts'

/** Key sources that are told one by one. */
const shownKeys = 3

/** What a person needs after the start: where the gateway is, what it reaches, what else it could, and something to paste. */
export function banner(
  loaded: LoadedConfig,
  context: {
    readonly version: string
    readonly url: string
    /** A model to try. */
    readonly model: string | undefined
    readonly installed: readonly InstalledBackend[]
  },
): string {
  const { version, url, model, installed } = context
  const { config, file } = loaded
  const rows = [
    ...loaded.backends.map((backend) => [
      shownName(backend, config.default_backend),
      keysOf(backend),
    ]),
    ...loaded.disabled.map(({ name, reason }) => [name, `disabled, ${reason}`]),
    ...notEnabled(loaded, installed).map((backend) => [
      backend.type,
      `not enabled, needs ${describeNeeds(backend)}`,
    ]),
  ]
  return [
    '',
    `Jackfield ${version} listens on ${url}${isEveryAddress(config.host) ? ' and on every other address of this machine' : ''}`,
    ...(file === undefined ? [] : [`with the configuration in ${file}`]),
    '',
    ...indented(table(rows)),
    ...block(warningsOf(loaded)),
    '',
    'Paste into another terminal:',
    '',
    ...indented(linesToPaste({ url, model, needsKey: config.api_keys.length > 0 })),
    '',
  ].join('\n')
}

function shownName({ name }: ConfiguredBackend, selector: string | undefined): string {
  return name === selector?.split(':')[0] ? `${name} (default)` : name
}

function keysOf({ auth, keySources }: ConfiguredBackend): string {
  if (keySources.length === 0) return auth === 'none' ? 'needs no key' : 'works without a key'
  const shown = keySources.slice(0, shownKeys).map(describeSource)
  const rest = keySources.length - shown.length
  const names = rest === 0 ? shown : [...shown, `${rest} more`]
  return `${keySources.length === 1 ? 'key' : `${keySources.length} keys`} from ${names.join(', ')}`
}

function describeSource({ name, source }: KeySource): string {
  return source.includes(name) ? source : `${source}, ${name}`
}

/** Installed backends that nobody has configured: worth telling where the configuration leaves the choice to variables. */
function notEnabled(
  { isAutomatic, backends, disabled }: LoadedConfig,
  installed: readonly InstalledBackend[],
): readonly InstalledBackend[] {
  if (!isAutomatic) return []
  const known = new Set([...backends, ...disabled].map(({ type }) => type))
  return installed.filter(({ type, auth }) => !known.has(type) && auth !== 'none')
}

/** Without those about backends that are shown as disabled. */
function warningsOf({ warnings, disabled }: LoadedConfig): readonly string[] {
  const told = new Set(disabled.map(({ name }) => `backends.${name}`))
  return warnings
    .filter(({ path }) => !told.has(path))
    .map((warning) => `! ${formatProblem(warning)}`)
}

function block(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines]
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`)
}
