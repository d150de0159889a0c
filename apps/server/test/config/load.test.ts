import { describe, expect, it } from 'vitest'
import { configErrorOf, loadYaml, problemsOf } from './load-yaml.ts'

const env = { INTERNAI_API_KEY: 'sk-internlm' }

describe('published examples', () => {
  it('loads the example of one backend as printed', async () => {
    const text = [
      'backends:',
      '  internlm:',
      '    type: internlm',
      '    enabled: true',
      'default_backend: internlm',
    ].join('\n')

    const { config, backends, warnings } = await loadYaml(text, { env })

    expect(config.default_backend).toBe('internlm')
    expect(backends).toMatchObject([{ name: 'internlm', type: 'internlm' }])
    expect(warnings).toEqual([])
  })

  it('loads the example of several backends as printed', async () => {
    const text = [
      'backends:',
      '  openai:    { type: openai }',
      '  internlm:  { type: internlm, enabled: true }',
      'default_backend: openai',
    ].join('\n')

    const { config, backends } = await loadYaml(text, { env: { ...env, OPENAI_API_KEY: 'sk-o' } })

    expect(config.default_backend).toBe('openai')
    expect(backends.map(({ name }) => name)).toEqual(['openai', 'internlm'])
  })

  it('takes default_backend and static_route inside the section too', async () => {
    const text =
      'backends:\n  internlm:\n  default_backend: internlm\n  static_route: internlm:intern-s1\n'

    const { config } = await loadYaml(text, { env })

    expect(config).toMatchObject({
      default_backend: 'internlm',
      static_route: 'internlm:intern-s1',
    })
  })

  it('works without any configuration', async () => {
    const { config, backends, file } = await loadYaml(undefined)

    expect(file).toBeUndefined()
    expect(backends).toMatchObject([{ name: 'echo', packageName: '@jackfield/backend-echo' }])
    expect(config).toMatchObject({ host: '127.0.0.1', port: 8000, default_backend: 'echo' })
  })
})

describe('precedence', () => {
  const layers = {
    argv: ['--port', '1001'],
    env: { APP_PORT: '1002' },
    text: 'port: 1003\n',
  }

  it.each([
    [layers.argv, layers.env, layers.text, 1001, 'flag --port'],
    [[], layers.env, layers.text, 1002, 'environment APP_PORT'],
    [[], {}, layers.text, 1003, 'config/config.yaml:1:7'],
    [[], {}, undefined, 8000, 'default'],
  ])('takes the strongest of %j, %j and %j', async (argv, variables, text, port, source) => {
    const { config, sources } = await loadYaml(text, { argv, env: variables })

    expect(config.port).toBe(port)
    expect(sources.get('port')).toBe(source)
  })

  it('takes every member of a section from its own strongest layer', async () => {
    const { config, sources } = await loadYaml('log:\n  level: debug\n  format: json\n', {
      env: { LOG_LEVEL: 'ERROR' },
    })

    expect(config.log).toEqual({ level: 'error', format: 'json' })
    expect(sources.get('log.level')).toBe('environment LOG_LEVEL')
    expect(sources.get('log.format')).toBe('config/config.yaml:3:11')
  })

  it('replaces lists whole', async () => {
    const { config } = await loadYaml('api_keys: [file-1, file-2]\n', {
      env: { JACKFIELD_API_KEYS: 'environment-1' },
    })

    expect(config.api_keys.map(({ key }) => key.reveal())).toEqual(['environment-1'])
  })

  it('reports what is wrong in a layer that a stronger one covers', async () => {
    const problems = await problemsOf('port: none\n', { argv: ['--port', '80'] })

    expect(problems).toEqual([expect.stringContaining('config/config.yaml:1:7  port  expected')])
  })
})

describe('values', () => {
  it('gives durations in milliseconds and sizes in bytes', async () => {
    const text =
      'hold: 0\nmax_wait: 1.5\nshutdown_grace: 2m\nmax_body_size: 1KB\ntimeouts: {idle: 500ms}\n'

    const { config } = await loadYaml(text)

    expect(config).toMatchObject({
      hold: 0,
      max_wait: 1_500,
      shutdown_grace: 120_000,
      max_body_size: 1_024,
      timeouts: { idle: 500, connect: 10_000 },
    })
  })

  it('takes numbers and switches from expansions', async () => {
    const { config, sources } = await loadYaml('port: ${env:P}\nensure_usage: "${env:E}"\n', {
      env: { P: '4711', E: 'true' },
    })

    expect(config).toMatchObject({ port: 4711, ensure_usage: true })
    expect(sources.get('port')).toBe('config/config.yaml:1:7 (environment P)')
  })

  it('freezes everything', async () => {
    const loaded = await loadYaml('api_keys: [a]\n', { env })

    for (const part of [
      loaded,
      loaded.config,
      loaded.config.log,
      loaded.config.api_keys,
      loaded.config.api_keys[0],
      loaded.backends[0]?.options,
    ]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
  })

  it('leaves out what nobody gives', async () => {
    const { config } = await loadYaml(undefined)

    expect('static_route' in config).toBe(false)
    expect(config.parameters).toEqual({ forced: {}, defaults: {} })
  })

  it('takes an empty section for none', async () => {
    const { config, backends } = await loadYaml('log:\nbackends:\nparameters:\n  forced:\n', {
      env,
    })

    expect(config.log.level).toBe('info')
    expect(backends.map(({ name }) => name)).toEqual(['internlm'])
  })
})

describe('problems', () => {
  it('tells all of them at once, in the order of the file', async () => {
    const text = [
      'prot: 80',
      'host: [127.0.0.1]',
      'log: {level: debgu}',
      'timeouts:',
      '  connect: 5 parsecs',
      'backends:',
      '  internlm:',
      '    base_ulr: https://provider.example',
      '    api_key: ${env:MISSING}',
      '  intrenlm: {}',
      'port: 70000',
    ].join('\n')

    const problems = await problemsOf(text, { argv: ['--prot=1'], env: { APP_PORT: 'x' } })

    expect(problems).toEqual([
      'unknown flag --prot  → did you mean --port?',
      'environment APP_PORT  port  expected a whole number from 0 to 65535, found a text  → correct it, or remove it for the default 8000',
      'config/config.yaml:1:1  unknown key "prot"  → did you mean "port"?',
      'config/config.yaml:2:7  host  expected an address or host name without port, found a list  → correct it, or remove it for the default 127.0.0.1',
      'config/config.yaml:3:14  log.level  expected one of trace, debug, info, warn, error, fatal, silent  → did you mean "debug"?',
      'config/config.yaml:5:12  timeouts.connect  expected a duration such as 500ms, 30s, 5m or 1h, or a number of seconds  → correct it, or remove it for the default 10s',
      'config/config.yaml:8:5  backends.internlm  unknown key "base_ulr"  → did you mean "base_url"?',
      'config/config.yaml:9:14  backends.internlm.api_key  the variable "MISSING" is not set  → set it, or remove ${env:…}',
      'config/config.yaml:10:3  backends.intrenlm  the package "@jackfield/backend-intrenlm" of type "intrenlm" is not installed  → did you mean "internlm"?',
      'config/config.yaml:11:7  port  expected a whole number from 0 to 65535  → correct it, or remove it for the default 8000',
    ])
  })

  it('makes one error of them, with its code and exit code', async () => {
    const error = await configErrorOf('prot: 80\nhots: x\n')

    expect(error).toMatchObject({ name: 'ConfigError', code: 'config_invalid', exitCode: 78 })
    expect(error.message).toMatch(
      /^The configuration has 2 problems:\n {2}config\/config\.yaml:1:1 /,
    )
  })

  it.each([
    ['port: "80"', 'port  expected a whole number from 0 to 65535, found a text'],
    ['port: 80.5', 'port  expected a whole number from 0 to 65535, found a number'],
    ['port: true', 'port  expected a whole number from 0 to 65535, found true or false'],
    ['port:', 'port  expected a whole number from 0 to 65535, found nothing  → give it a value'],
    [
      'force_model: 4',
      'force_model  expected the name of a model, found a number  → put it in quotes',
    ],
    ['ensure_usage: yes', 'ensure_usage  expected true or false, found a text'],
    ['log: info', 'log  expected a mapping of keys to values, found a text'],
    ['backends: [internlm]', 'backends  expected names of lower-case letters'],
    [
      'backends: {internlm: yes}',
      'backends.internlm  expected the options of a backend, found a text',
    ],
    ['backends: {Intern: {}}', 'backends  unknown key "Intern"  → write names of lower-case'],
    ['api_keys: {a: b}', 'api_keys  expected a list of keys'],
    ['api_keys: [{name: a}]', 'api_keys[0].key  it is required  → write a key'],
    [
      'api_keys: [{name: a, keys: b, key: c}]',
      'api_keys[0]  unknown key "keys"  → did you mean "key"?',
    ],
    ['api_keys: ["a b"]', 'api_keys[0]  this is not a key of visible characters without spaces'],
    ['api_keys: [""]', 'api_keys[0]  it is empty'],
    ['allowed_hosts: ["gateway:80"]', 'allowed_hosts[0]  expected a host name without port'],
    ['max_tries: 0', 'max_tries  expected a whole number from 1 to 100'],
    ['max_body_size: 1 TB', 'max_body_size  expected a size such as 512KB or 32MB'],
    [
      'parameters: {forced: {temperature: 3}}',
      'parameters.forced.temperature  expected a number from 0 to 2',
    ],
    [
      'parameters: {forced: {topp: 1}}',
      'parameters.forced  unknown key "topp"  → did you mean "top_p"?',
    ],
    ['<<: {port: 1}', 'merge keys (<<) are not supported  → write the keys out'],
    ['__proto__: {port: 1}', 'unknown key "__proto__"'],
  ])('explains what is wrong with %o', async (text, start) => {
    expect((await problemsOf(text, { env })).join('\n')).toContain(start)
  })

  it('refuses two spellings of one setting', async () => {
    const text = [
      'default_backend: internlm',
      'backends:',
      '  default_backend: internlm',
      '  internlm:',
      '    base_url: https://a.example',
      '    api_url: https://a.example',
    ].join('\n')

    expect(await problemsOf(text, { env })).toEqual([
      'config/config.yaml:3:3  backends.default_backend  this means the same as "default_backend", which is given too  → keep one of them',
      'config/config.yaml:6:5  backends.internlm.api_url  this means the same as "base_url", which is given too  → keep one of them',
    ])
  })

  it('tells only the syntax where the file cannot be understood', async () => {
    const problems = await problemsOf('backends:\n  internlm: {\nprot: 1\n')

    expect(problems.length).toBeGreaterThan(0)
    for (const problem of problems) expect(problem).toMatch(/^config\/config\.yaml:\d+:\d+ /)
  })
})

describe('the file', () => {
  const files = { '/etc/jackfield.yaml': 'port: 1234\n', '/home/me/own.yaml': 'port: 5678\n' }

  it('is the one that the flag names, before the variable, before the default', async () => {
    const both = {
      files,
      argv: ['--config', 'own.yaml'],
      env: { CONFIG_FILE: '/etc/jackfield.yaml' },
    }

    expect(await loadYaml('port: 1\n', both)).toMatchObject({
      file: 'own.yaml',
      config: { port: 5678 },
    })
    expect(await loadYaml('port: 1\n', { ...both, argv: [] })).toMatchObject({
      file: '/etc/jackfield.yaml',
      config: { port: 1234 },
    })
    expect(await loadYaml('port: 1\n', { files })).toMatchObject({
      file: 'config/config.yaml',
      config: { port: 1 },
    })
  })

  it.each([
    [
      { argv: ['--config', 'gone.yaml'] },
      'flag --config  the configuration file gone.yaml cannot be read: it does not exist',
    ],
    [
      { env: { CONFIG_FILE: '/gone.yaml' } },
      'environment CONFIG_FILE  the configuration file /gone.yaml cannot be read',
    ],
  ])('must exist if it is named: %j', async (options, start) => {
    expect((await problemsOf(undefined, options))[0]).toContain(start)
  })

  it('must be UTF-8', async () => {
    const options = {
      files: { '/home/me/config/config.yaml': Buffer.from([0x61, 0x3a, 0x20, 0xff]) },
    }

    expect(await problemsOf(undefined, options)).toEqual([
      expect.stringContaining('config/config.yaml cannot be read: it is not UTF-8 text'),
    ])
  })

  it('is listed with every file that it refers to, for watching', async () => {
    const { files: read } = await loadYaml('backends: {internlm: {api_key: "${file:key}"}}\n', {
      files: { '/home/me/config/key': 'sk-1\n' },
    })

    expect([...read.keys()]).toEqual(['/home/me/config/config.yaml', '/home/me/config/key'])
    expect([...read.values()]).toEqual([
      expect.stringMatching(/^[0-9a-f]{64}$/),
      expect.stringMatching(/^[0-9a-f]{64}$/),
    ])
  })
})
