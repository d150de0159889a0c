import type { NamedSecret } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import type { ConfiguredBackend } from '../../src/config/backends.ts'
import {
  fakePackage,
  keyPackage,
  linesOf,
  loadYaml,
  problemsOf,
  standardPackages,
} from './load-yaml.ts'

interface Options {
  readonly base_url?: string
  readonly api_keys?: readonly NamedSecret[]
  readonly timeout?: number
}

function optionsOf(backend: ConfiguredBackend | undefined): Options {
  return backend?.options as Options
}

function keysOf(backend: ConfiguredBackend | undefined) {
  return optionsOf(backend).api_keys?.map(({ name, value }) => [name, value.reveal()])
}

describe('keys from the environment', () => {
  it('takes the plain key first, then the numbered ones in order, each once', async () => {
    const { backends } = await loadYaml(undefined, {
      env: {
        INTERNAI_API_KEY_10: 'ten',
        INTERNAI_API_KEY_2: 'two',
        INTERNAI_API_KEY_20: 'twenty',
        INTERNAI_API_KEY_3: 'plain',
        INTERNAI_API_KEY_4: '',
        INTERNAI_API_KEY: 'plain',
        INTERNAI_API_KEY_5: ' five\n',
      },
    })

    expect(keysOf(backends[0])).toEqual([
      ['INTERNAI_API_KEY', 'plain'],
      ['INTERNAI_API_KEY_2', 'two'],
      ['INTERNAI_API_KEY_5', 'five'],
      ['INTERNAI_API_KEY_10', 'ten'],
      ['INTERNAI_API_KEY_20', 'twenty'],
    ])
    expect(backends[0]?.keySources[1]).toEqual({
      name: 'INTERNAI_API_KEY_2',
      source: 'environment INTERNAI_API_KEY_2',
    })
  })

  it('enables a backend by a numbered key alone', async () => {
    const { backends } = await loadYaml(undefined, { env: { OPENAI_API_KEY_7: 'k' } })

    expect(backends.map(({ name }) => name)).toEqual(['openai'])
  })

  it('takes keys of another name of the variable where the first gives none', async () => {
    const packages = [keyPackage('gemini', 'GEMINI', { keyAliases: ['GOOGLE_API_KEY'] })]
    const load = async (env: Readonly<Record<string, string>>) =>
      keysOf((await loadYaml(undefined, { env, packages })).backends[0])

    expect(await load({ GOOGLE_API_KEY: 'g', GOOGLE_API_KEY_2: 'h' })).toEqual([
      ['GOOGLE_API_KEY', 'g'],
      ['GOOGLE_API_KEY_2', 'h'],
    ])
    expect(await load({ GOOGLE_API_KEY: 'g', GEMINI_API_KEY_1: 'own' })).toEqual([
      ['GEMINI_API_KEY_1', 'own'],
    ])
  })

  it('warns of numbers that are not read', async () => {
    const env = { OPENAI_API_KEY: 'k', OPENAI_API_KEY_21: 'x', OPENAI_API_KEY_01: 'y' }

    const { backends, warnings } = await loadYaml(undefined, { env })

    expect(keysOf(backends[0])).toHaveLength(1)
    expect(linesOf(warnings)).toEqual([
      expect.stringContaining(
        'environment OPENAI_API_KEY_21  only OPENAI_API_KEY_1 to OPENAI_API_KEY_20',
      ),
      expect.stringContaining('environment OPENAI_API_KEY_01'),
    ])
  })

  it('refuses a key that cannot travel in a header, by its name', async () => {
    expect(await problemsOf(undefined, { env: { OPENAI_API_KEY: 'sk with space' } })).toEqual([
      expect.stringMatching(/^environment OPENAI_API_KEY {2}backends\.openai\.api_keys/),
    ])
  })
})

describe('without a backends section', () => {
  it('enables every backend whose key variables are set', async () => {
    const env = { OPENAI_API_KEY: 'o', INTERNAI_API_KEY: 'i' }

    const { backends, config, warnings } = await loadYaml('port: 80\n', { env })

    expect(backends.map(({ name }) => name)).toEqual(['openai', 'internlm'])
    expect('default_backend' in config).toBe(false)
    expect(linesOf(warnings)).toEqual([
      'default_backend  no default among openai, internlm: a request for a model that none of them lists is answered with 404  → set default_backend, --default-backend or LLM_BACKEND',
    ])
  })

  it('makes the only backend the default and leaves echo out', async () => {
    const { backends, config, sources } = await loadYaml(undefined, {
      env: { OPENAI_API_KEY: 'o' },
    })

    expect(backends.map(({ name }) => name)).toEqual(['openai'])
    expect(config.default_backend).toBe('openai')
    expect(sources.get('default_backend')).toBe('default (the only backend)')
  })

  it('enables nothing by a base URL or a timeout', async () => {
    const env = { OPENAI_API_BASE_URL: 'https://a.example', INTERNAI_TIMEOUT: '5' }

    const { backends } = await loadYaml(undefined, { env })

    expect(backends.map(({ name }) => name)).toEqual(['echo'])
  })

  it('enables no login by itself, only when a route names it', async () => {
    const packages = [...standardPackages, fakePackage('codex', { auth: 'oauth' })]

    const plain = await loadYaml(undefined, { packages })
    const named = await loadYaml(undefined, { packages, argv: ['--backend', 'codex:gpt'] })

    expect(plain.backends.map(({ name }) => name)).toEqual(['echo'])
    expect(named.backends.map(({ name }) => name)).toEqual(['codex'])
  })

  it('enables what a route names beside those with keys', async () => {
    const { backends } = await loadYaml(undefined, {
      env: { OPENAI_API_KEY: 'o', STATIC_ROUTE: 'echo:x' },
    })

    expect(backends.map(({ name }) => name)).toEqual(['openai', 'echo'])
  })

  it('names the variables where the wanted backend has no key', async () => {
    expect(await problemsOf(undefined, { env: { LLM_BACKEND: 'internlm:intern-s1' } })).toEqual([
      'backends.internlm  it is the default backend and has no key  → set INTERNAI_API_KEY (or INTERNAI_API_KEY_1 to INTERNAI_API_KEY_20), or write backends.internlm.api_keys',
    ])
  })

  it('says what to set or install where there is nothing', async () => {
    const packages = standardPackages.filter(({ installed }) => installed.type !== 'echo')

    expect(await problemsOf(undefined, { packages })).toEqual([
      expect.stringContaining(
        '→ set OPENAI_API_KEY (or OPENAI_API_KEY_1 to OPENAI_API_KEY_20), INTERNAI_API_KEY, or install @jackfield/backend-echo',
      ),
    ])
    expect(await problemsOf(undefined, { packages: [] })).toEqual([
      expect.stringContaining(
        '→ install one, for example with "npm install @jackfield/backend-openai"',
      ),
    ])
  })

  it('prefers our own package where a third one has the same type', async () => {
    const packages = [
      keyPackage('openai', 'OPENAI', { packageName: '@acme/jackfield-backend-openai' }),
      keyPackage('openai', 'OPENAI'),
    ]

    const { backends, warnings } = await loadYaml(undefined, {
      packages,
      env: { OPENAI_API_KEY: 'o' },
    })

    expect(backends).toMatchObject([{ packageName: '@jackfield/backend-openai' }])
    expect(linesOf(warnings)[0]).toContain('@acme/jackfield-backend-openai is not enabled')
  })
})

describe('with a backends section', () => {
  const env = {
    INTERNAI_API_KEY: 'from-environment',
    INTERNAI_API_BASE_URL: 'https://environment.example/v1',
    INTERNAI_TIMEOUT: '60',
  }

  it('enables only what it lists', async () => {
    const text = 'backends:\n  internlm: {}\n  echo: {enabled: false}\n'

    const { backends } = await loadYaml(text, { env: { ...env, OPENAI_API_KEY: 'o' } })

    expect(backends.map(({ name }) => name)).toEqual(['internlm'])
  })

  it('fills from the environment what an entry leaves out', async () => {
    const { backends, sources, warnings } = await loadYaml('backends: {internlm: }\n', { env })

    expect(optionsOf(backends[0])).toMatchObject({
      base_url: 'https://environment.example/v1',
      timeout: 60_000,
      thinking_mode: true,
    })
    expect(keysOf(backends[0])).toEqual([['INTERNAI_API_KEY', 'from-environment']])
    expect(sources.get('backends.internlm.base_url')).toBe('environment INTERNAI_API_BASE_URL')
    expect(sources.get('backends.internlm.timeout')).toBe('environment INTERNAI_TIMEOUT')
    expect(sources.get('backends.internlm.thinking_mode')).toBe('default')
    expect(warnings).toEqual([])
  })

  it('keeps what an entry says, and warns of a variable that says something else', async () => {
    const text = [
      'backends:',
      '  internlm:',
      '    api_key: from-file',
      '    api_url: https://file.example/v1',
      '    timeout: 90s',
    ].join('\n')

    const { backends, warnings } = await loadYaml(text, { env })

    expect(optionsOf(backends[0])).toMatchObject({
      base_url: 'https://file.example/v1',
      timeout: 90_000,
    })
    expect(keysOf(backends[0])).toEqual([['backends.internlm.api_key', 'from-file']])
    expect(linesOf(warnings)).toEqual([
      'environment INTERNAI_API_KEY  backends.internlm.api_keys  not used: config/config.yaml:3:14 gives this option  → unset the variable, or remove the option',
      expect.stringContaining(
        'environment INTERNAI_API_BASE_URL  backends.internlm.base_url  not used',
      ),
      expect.stringContaining('environment INTERNAI_TIMEOUT  backends.internlm.timeout  not used'),
    ])
  })

  it('gives the variables of a type to every backend of that type', async () => {
    const text = 'backends:\n  first: {type: internlm}\n  second: {type: internlm, api_key: own}\n'

    const { backends } = await loadYaml(text, { env })

    expect(backends.map((backend) => keysOf(backend)?.[0]?.[1])).toEqual([
      'from-environment',
      'own',
    ])
  })

  it.each([
    ['api_key: a', [['backends.internlm.api_key', 'a']]],
    ['api_keys: a', [['backends.internlm.api_keys', 'a']]],
    [
      'api_keys: "a, b"',
      [
        ['backends.internlm.api_keys[0]', 'a'],
        ['backends.internlm.api_keys[1]', 'b'],
      ],
    ],
    [
      'api_keys: [a, b, a]',
      [
        ['backends.internlm.api_keys[0]', 'a'],
        ['backends.internlm.api_keys[1]', 'b'],
      ],
    ],
    [
      'api_keys: ["${env:OWN}", b]',
      [
        ['OWN', 'own-1,own-2'],
        ['backends.internlm.api_keys[1]', 'b'],
      ],
    ],
    ['api_key: ${env:ONE}', [['ONE', 'one']]],
    ['api_key: ${file:/key}', [['backends.internlm.api_key', 'from-key-file']]],
    ['api_keys: []', [['INTERNAI_API_KEY', 'from-environment']]],
  ])('names the keys of %o', async (line, keys) => {
    const { backends } = await loadYaml(`backends:\n  internlm:\n    ${line}\n`, {
      env: { ...env, OWN: 'own-1,own-2', ONE: 'one' },
      files: { '/key': 'from-key-file\n' },
    })

    expect(keysOf(backends[0])).toEqual(keys)
  })

  it('does not read a timeout variable of 0, and refuses one that is no number', async () => {
    const off = await loadYaml(undefined, { env: { ...env, INTERNAI_TIMEOUT: '0' } })

    expect(optionsOf(off.backends[0]).timeout).toBe(120_000)
    expect(await problemsOf(undefined, { env: { ...env, INTERNAI_TIMEOUT: '1m' } })).toEqual([
      'environment INTERNAI_TIMEOUT  backends.internlm.timeout  expected whole seconds  → write a number such as 120, or 0 for the default',
    ])
  })

  it('disables a backend without key with a warning that names its variables', async () => {
    const text = 'backends:\n  internlm: {}\n  openai: {}\n'

    const { backends, disabled, warnings, config } = await loadYaml(text, { env })

    expect(backends.map(({ name }) => name)).toEqual(['internlm'])
    expect(disabled).toMatchObject([{ name: 'openai', type: 'openai' }])
    expect(config.default_backend).toBe('internlm')
    expect(linesOf(warnings)).toEqual([
      'config/config.yaml:3:3  backends.openai  it has no key and is disabled  → set OPENAI_API_KEY (or OPENAI_API_KEY_1 to OPENAI_API_KEY_20), or write backends.openai.api_keys',
    ])
  })

  it.each([
    ['needed, as no other backend can serve,', 'backends: {openai: {api_key: ""}}\n', {}],
    [
      'the default backend',
      'backends:\n  internlm: {}\n  openai: {}\ndefault_backend: openai\n',
      env,
    ],
    ['needed, as no other backend can serve,', 'backends:\n  openai: {}\n', {}],
  ])('does not start where the backend without key is %s', async (role, text, variables) => {
    expect(await problemsOf(text, { env: variables })).toEqual([
      expect.stringContaining(
        `backends.openai  it is ${role} and has no key  → set OPENAI_API_KEY`,
      ),
    ])
  })

  it('enables a backend whose keys are optional without any', async () => {
    const text = 'backends:\n  local: {type: openai-compatible, base_url: "http://127.0.0.1:1"}\n'

    const { backends } = await loadYaml(text)

    expect(backends).toMatchObject([{ name: 'local', type: 'openai-compatible', keySources: [] }])
  })

  it('refuses a section in which all is disabled', async () => {
    expect(await problemsOf('backends:\n  echo: {enabled: false}\n')).toEqual([
      'config/config.yaml:2:3  backends  every backend is disabled  → enable one of them',
    ])
  })

  it('does not look at the options or the package of a disabled backend', async () => {
    const text = 'backends:\n  echo: {}\n  later: {enabled: false, type: not-there, any: [thing]}\n'

    expect((await loadYaml(text)).backends.map(({ name }) => name)).toEqual(['echo'])
  })

  it('hands on how requests are spread', async () => {
    const text = 'backends:\n  internlm: {pool: {strategy: weighted, affinity: soft}}\n  echo: {}\n'

    const { backends } = await loadYaml(text, { env })

    expect(backends.map(({ pool }) => pool)).toEqual([
      { strategy: 'weighted', affinity: 'soft' },
      {},
    ])
    expect(await problemsOf('backends: {echo: {pool: {strategy: fastest}}}\n')).toEqual([
      expect.stringContaining('backends.echo.pool.strategy  expected one of round-robin, weighted'),
    ])
  })
})
