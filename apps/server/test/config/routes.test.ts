import { describe, expect, it } from 'vitest'
import { fakePackage, linesOf, loadYaml, problemsOf, standardPackages } from './load-yaml.ts'

const env = { OPENAI_API_KEY: 'o', INTERNAI_API_KEY: 'i' }

describe('default_backend', () => {
  it.each([
    'openai',
    'openai:gpt-4o',
    'openai:ft:gpt-4o:org::id',
    'openai/gpt-4o',
    '[max_context=9000]openai:a?temperature=0.2|internlm:b',
    'openai:a^[weight=3]internlm:b',
    'openai:a!internlm:b',
  ])('may be %s', async (value) => {
    const { config, warnings } = await loadYaml(`default_backend: '${value}'\n`, { env })

    expect(config.default_backend).toBe(value)
    expect(warnings).toEqual([])
  })

  it.each([
    ['opnai', 'no enabled backend is called "opnai"  → did you mean "openai"?'],
    ['gpt.4o', 'no enabled backend is called "gpt.4o"  → choose one of openai, internlm'],
    [
      'anthropic',
      'no enabled backend is called "anthropic"  → choose one of openai, internlm, or install it with "npm install @jackfield/backend-anthropic"',
    ],
    ['"openai:"', 'column 8: There is no model after "openai:".'],
    ['"openai:a|opnai:b"', 'column 10: no enabled backend is called "opnai"  → did you mean'],
    [
      '"openai|internlm"',
      'the backend "openai" stands there without a model  → write openai:model',
    ],
    ['sk-Zr8kQ2mX7bN4vL9w', 'no enabled backend is called (a name of 19 characters, not shown)'],
  ])('may not be %s', async (value, problem) => {
    const [first] = await problemsOf(`default_backend: ${value}\n`, { env })

    expect(first).toContain(`config/config.yaml:1:18  default_backend  ${problem}`)
  })

  it('must be in the backends section, if there is one', async () => {
    expect(await problemsOf('backends: {echo: {}}\ndefault_backend: openai\n', { env })).toEqual([
      expect.stringContaining('→ choose one of echo, or add it to "backends"'),
    ])
  })

  it('is not complained of when its backend has a problem of its own', async () => {
    const text = 'backends: {internlm: {timeout: soon}, openai: {}}\ndefault_backend: internlm\n'

    expect(await problemsOf(text, { env })).toHaveLength(1)
  })

  it('is not echo beside another backend', async () => {
    const { config } = await loadYaml('backends: {echo: {}, openai: {}}\n', { env })

    expect(config.default_backend).toBe('openai')
  })
})

describe('static_route', () => {
  it.each(['openai:gpt-4o', 'openai:a|internlm:b', '[weight=3]openai:a^internlm:b', 'openai'])(
    'may be %s',
    async (value) => {
      const { config, warnings } = await loadYaml(`static_route: "${value}"\n`, {
        env: { ...env, LLM_BACKEND: 'openai' },
      })

      expect(config.static_route).toBe(value)
      expect(warnings).toEqual([])
    },
  )

  it.each([
    ['openai:a|', 'column 10: There is no model after "|".'],
    ['openai:a|internlm:b^openai:c', 'column 20: "|" and "^" cannot be mixed'],
    ['[weight=0]openai:a^internlm:b', 'column 2: "weight=0" is not valid: "weight" must be'],
    [
      'openai:a!opnai:b',
      'column 10: no enabled backend is called "opnai"  → did you mean "openai"?',
    ],
    ['gpt-4o', 'no enabled backend is called "gpt-4o"  → choose one of openai, internlm'],
    ['sk-Zr8kQ2mX7bN4vL9w|', 'column 21: A part of it is not valid.'],
  ])('may not be %s', async (value, problem) => {
    const text = `static_route: "${value}"\ndefault_backend: openai\n`

    expect(await problemsOf(text, { env })).toEqual([
      expect.stringContaining(`config/config.yaml:1:15  static_route  ${problem}`),
    ])
  })

  it('is warned of when a parameter is not usable', async () => {
    const text = 'static_route: "openai:m?temperature=9&nope=1"\ndefault_backend: openai\n'

    const { warnings } = await loadYaml(text, { env })

    expect(linesOf(warnings)).toEqual([
      expect.stringContaining(
        '1:15  static_route  column 10: Ignored "temperature=9": temperature',
      ),
      expect.stringContaining('1:15  static_route  column 24: Ignored "nope": there is no such'),
    ])
  })
})

describe('exposure', () => {
  it.each([
    '127.0.0.1',
    '127.8.8.8',
    'localhost',
    'LOCALHOST',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
  ])('lets the loopback address %s be used without keys', async (host) => {
    expect((await loadYaml(undefined, { env: { APP_HOST: host } })).config.host).toBe(host)
  })

  it.each([
    '0.0.0.0',
    '::',
    '192.168.1.2',
    'gateway.example',
    '::ffff:10.0.0.1',
    '1.127.0.0',
    'fe80::1%eth0',
  ])('refuses to listen on %s without keys', async (host) => {
    expect(await problemsOf(undefined, { argv: ['--host', host] })).toEqual([
      'flag --host  host  other machines could use your accounts without any key  → set api_keys, listen on 127.0.0.1, or set allow_unauthenticated_remote: true',
    ])
  })

  it('listens elsewhere with keys, or when told so in so many words', async () => {
    const env = { APP_HOST: '0.0.0.0' }

    await expect(loadYaml('api_keys: [k]\n', { env })).resolves.toBeDefined()
    await expect(loadYaml('allow_unauthenticated_remote: true\n', { env })).resolves.toBeDefined()
    await expect(loadYaml(undefined, { env, argv: ['--api-key', 'k'] })).resolves.toBeDefined()
  })

  it('keeps the logins of a local user on this machine', async () => {
    const packages = [...standardPackages, fakePackage('codex', { auth: 'oauth' })]
    const text = 'host: 0.0.0.0\napi_keys: [k]\nbackends: {codex: {}}\n'

    expect(await problemsOf(text, { packages })).toEqual([
      expect.stringContaining(
        'backends.codex  the login of a local user may not serve other machines',
      ),
    ])
  })
})

describe('client keys', () => {
  it('have the names that they are given, or are counted', async () => {
    const text = [
      'api_keys:',
      '  - plain',
      '  - {name: team-a, key: "${env:TEAM_A}"}',
      '  - {name: team-b, key: b, backends: [openai]}',
    ].join('\n')

    const { config } = await loadYaml(text, { env: { ...env, TEAM_A: 'a', LLM_BACKEND: 'openai' } })

    expect(config.api_keys.map(({ key, ...rest }) => ({ ...rest, key: key.reveal() }))).toEqual([
      { name: 'key-1', key: 'plain' },
      { name: 'team-a', key: 'a' },
      { name: 'team-b', key: 'b', backends: ['openai'] },
    ])
  })

  it.each([
    ['[a, b, a]', '1:18  api_keys[2]  this key is also api_keys[0]  → give every key once'],
    ['[{name: x, key: a}, {name: x, key: b}]', 'api_keys[1]  the name "x" is given twice'],
    ['[{name: key-2, key: a}, b]', 'api_keys[1]  the name "key-2" is given twice'],
    [
      '[{name: x, key: a, backends: [opnai]}]',
      'no backend is called "opnai"  → did you mean "openai"?',
    ],
    ['[{name: "a b", key: a}]', 'api_keys[0].name  expected a name of letters'],
  ])('may not be %s', async (keys, problem) => {
    expect((await problemsOf(`api_keys: ${keys}\n`, { env })).join()).toContain(problem)
  })
})
