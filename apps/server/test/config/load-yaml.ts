import type { BackendPlugin, JsonSchema } from '@jackfield/core'
import type { BackendPackages } from '../../src/config/backends.ts'
import { type LoadedConfig, loadConfig } from '../../src/config/load.ts'
import { ConfigError, formatProblem, type Problem } from '../../src/config/problems.ts'
import type { BackendAuth, InstalledBackend } from '../../src/installed-backends.ts'

/** A backend's package as tests need it: its manifest, and the schema of its options. */
export interface FakePackage {
  readonly installed: InstalledBackend
  readonly options: JsonSchema
}

export interface FakeOptions {
  readonly auth?: BackendAuth
  readonly variables?: InstalledBackend['variables']
  readonly keyAliases?: readonly string[]
  readonly packageName?: string
  readonly options?: JsonSchema
  readonly isVirtual?: true
}

export function fakePackage(type: string, fake: FakeOptions = {}): FakePackage {
  const { auth = 'none', variables = {}, packageName = `@jackfield/backend-${type}` } = fake
  const { keyAliases = [] } = fake
  const about = { packageName, version: '1.2.3', folder: '/packages' }
  const virtual = fake.isVirtual === undefined ? {} : { isVirtual: fake.isVirtual }
  const installed = { ...about, type, auth, variables, keyAliases, ...virtual }
  return { installed, options: fake.options ?? { type: 'object', properties: {} } }
}

/** A backend that works with keys only. */
export function keyPackage(type: string, prefix: string, fake: FakeOptions = {}): FakePackage {
  const variables = {
    api_keys: `${prefix}_API_KEY`,
    base_url: `${prefix}_API_BASE_URL`,
    timeout: `${prefix}_TIMEOUT`,
  }
  const options = { ...keyOptions, required: ['base_url', 'api_keys'] }
  return fakePackage(type, { auth: 'key', variables, options, ...fake })
}

const keyOptions: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    base_url: { type: 'string', pattern: '^https?://', default: 'https://provider.example/v1' },
    api_keys: { type: 'array', items: { type: 'string' }, description: 'Keys.' },
    timeout: { type: ['string', 'number'], quantity: 'duration', minimum: 0, default: '2m' },
    thinking_mode: { type: 'boolean', default: true },
    organization: { type: 'string' },
    webhook_secret: { type: 'string', secret: true },
    headers: { type: 'object', additionalProperties: { type: 'string' } },
    retries: { type: 'object', properties: { count: { type: 'integer', minimum: 0 } } },
  },
}

/** InternLM and OpenAI with their published variables, an OpenAI-compatible one without required key, and echo. */
export const standardPackages: readonly FakePackage[] = [
  keyPackage('openai', 'OPENAI'),
  keyPackage('internlm', 'INTERNAI'),
  fakePackage('openai-compatible', { auth: 'key', options: keyOptions }),
  fakePackage('echo'),
]

function fakePackages(packages: readonly FakePackage[]): BackendPackages {
  return {
    installed: packages.map(({ installed }) => installed),
    find: (name) => packages.find(({ installed }) => installed.packageName === name)?.installed,
    async load({ type, packageName }) {
      const found = packages.find(({ installed }) => installed.packageName === packageName)
      return fakePlugin(type, found?.options ?? {})
    },
  }
}

function fakePlugin(type: string, options: JsonSchema): BackendPlugin {
  return {
    apiVersion: 1,
    type,
    options,
    create() {
      throw new Error('Loading a configuration creates no backend')
    },
  }
}

export interface LoadOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly argv?: readonly string[]
  readonly packages?: readonly FakePackage[]
  /** Files besides the configuration, by absolute path. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
}

/** Loads `config/config.yaml` with this text (or no file at all), in the working folder `/home/me`. */
export function loadYaml(
  text: string | undefined,
  options: LoadOptions = {},
): Promise<LoadedConfig> {
  const files = {
    ...(text === undefined ? {} : { '/home/me/config/config.yaml': text }),
    ...options.files,
  }
  return loadConfig({
    argv: options.argv ?? [],
    env: options.env ?? {},
    cwd: '/home/me',
    packages: fakePackages(options.packages ?? standardPackages),
    readFile: (path) => readFake(files, path),
  })
}

function readFake(files: Readonly<Record<string, string | Uint8Array>>, path: string): Uint8Array {
  const content = Object.hasOwn(files, path) ? files[path] : undefined
  if (content === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' })
  return typeof content === 'string' ? Buffer.from(content) : content
}

/** The problems that stop a configuration, each as its line. Fails if there are none. */
export async function problemsOf(
  text: string | undefined,
  options: LoadOptions = {},
): Promise<readonly string[]> {
  return (await configErrorOf(text, options)).problems.map(formatProblem)
}

export async function configErrorOf(
  text: string | undefined,
  options: LoadOptions = {},
): Promise<ConfigError> {
  try {
    await loadYaml(text, options)
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('Expected the configuration to be refused')
}

export function linesOf(problems: readonly Problem[]): readonly string[] {
  return problems.map(formatProblem)
}
