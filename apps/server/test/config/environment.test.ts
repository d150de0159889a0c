import { describe, expect, it } from 'vitest'
import { linesOf, loadYaml, problemsOf } from './load-yaml.ts'

describe('environment', () => {
  it.each([
    ['APP_HOST', 'localhost', 'host', 'localhost'],
    ['JACKFIELD_HOST', 'localhost', 'host', 'localhost'],
    ['APP_PORT', '81', 'port', 81],
    ['PROXY_PORT', '82', 'port', 82],
    ['JACKFIELD_PORT', '83', 'port', 83],
    ['LLM_BACKEND', 'echo:x', 'default_backend', 'echo:x'],
    ['STATIC_ROUTE', 'echo:x', 'static_route', 'echo:x'],
    ['FORCE_MODEL', 'm', 'force_model', 'm'],
    ['JACKFIELD_HOLD', '20s', 'hold', 20_000],
    ['JACKFIELD_MAX_TRIES', '7', 'max_tries', 7],
    ['JACKFIELD_ENSURE_USAGE', 'yes', 'ensure_usage', true],
    ['JACKFIELD_MAX_BODY_SIZE', '1MB', 'max_body_size', 1_048_576],
    ['JACKFIELD_ERROR_SHAPE', 'STRING', 'error_shape', 'string'],
  ])('takes %s=%s for %s', async (name, value, setting, effective) => {
    const { config, sources } = await loadYaml(undefined, { env: { [name]: value } })

    expect(config).toMatchObject({ [setting]: effective })
    expect(sources.get(setting)).toBe(`environment ${name}`)
  })

  it.each([
    ['LOG_LEVEL', 'INFO', { log: { level: 'info' } }],
    ['LOG_LEVEL', 'critical', { log: { level: 'fatal' } }],
    ['JACKFIELD_LOG_FORMAT', 'json', { log: { format: 'json' } }],
    ['JACKFIELD_TIMEOUTS_CONNECT', '3', { timeouts: { connect: 3_000 } }],
    [
      'JACKFIELD_ALLOWED_HOSTS',
      'a.example, b.example',
      { allowed_hosts: ['a.example', 'b.example'] },
    ],
  ])('takes %s=%s for a member of a section or list', async (name, value, expected) => {
    expect((await loadYaml(undefined, { env: { [name]: value } })).config).toMatchObject(expected)
  })

  it('takes client keys with commas between them', async () => {
    const { config } = await loadYaml(undefined, { env: { JACKFIELD_API_KEYS: 'one, two,' } })

    expect(config.api_keys.map(({ name, key }) => [name, key.reveal()])).toEqual([
      ['key-1', 'one'],
      ['key-2', 'two'],
    ])
  })

  it('takes an empty variable for one that is not set', async () => {
    const env = { APP_PORT: '', PROXY_PORT: '90', CONFIG_FILE: '', LLM_BACKEND: '' }

    expect((await loadYaml(undefined, { env })).config.port).toBe(90)
  })

  it('refuses two variables of one setting that differ', async () => {
    expect(await problemsOf(undefined, { env: { APP_PORT: '1', PROXY_PORT: '2' } })).toEqual([
      'environment APP_PORT  port  APP_PORT and PROXY_PORT mean the same setting and have different values  → unset PROXY_PORT or APP_PORT',
    ])
    expect(
      (await loadYaml(undefined, { env: { APP_PORT: '1', PROXY_PORT: '1' } })).config.port,
    ).toBe(1)
  })

  it('is not misled by what Kubernetes sets for a service called jackfield', async () => {
    const env = {
      JACKFIELD_PORT: 'tcp://10.0.0.7:8000',
      JACKFIELD_PORT_8000_TCP_ADDR: '10.0.0.7',
      JACKFIELD_SERVICE_HOST: '10.0.0.7',
    }

    const { config, warnings } = await loadYaml(undefined, { env })

    expect(config.port).toBe(8000)
    expect(warnings).toEqual([])
  })

  it('warns of variables of ours that mean nothing', async () => {
    const { warnings } = await loadYaml(undefined, { env: { JACKFIELD_PROT: '1' } })

    expect(linesOf(warnings)).toEqual([
      'environment JACKFIELD_PROT  no setting has this variable  → did you mean JACKFIELD_PORT?',
    ])
  })
})
