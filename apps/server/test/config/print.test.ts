import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { printConfig } from '../../src/config/print.ts'
import { loadYaml } from './load-yaml.ts'

const text = [
  'port: 80',
  'api_keys:',
  '  - client-key-1',
  '  - {name: team-a, key: client-key-2, backends: [internlm]}',
  'upstream_proxy: http://user:proxy-password@proxy.example:3128',
  'backends:',
  '  internlm:',
  '    api_keys: [provider-key-1, "${env:SECOND}"]',
  '    webhook_secret: webhook-text',
  '    organization: "on: #1"',
  '    headers: {x-api-key: header-key, x-team: "red"}',
  '  off: {enabled: false, api_key: disabled-key}',
].join('\n')

const options = {
  env: { SECOND: 'provider-key-2', INTERNAI_TIMEOUT: '30', LOG_LEVEL: 'debug' },
  argv: ['--api-key', 'flag-key', '--log-format', 'json'],
}

describe('printConfig', () => {
  it('says where every value came from', async () => {
    const lines = printConfig(await loadYaml(text, options)).split('\n')

    expect(lines.map((line) => line.replace(/ {2,}#/, '  #'))).toEqual(
      expect.arrayContaining([
        '# Effective configuration (config/config.yaml)',
        'port: 80  # config/config.yaml:1:7',
        'host: 127.0.0.1  # default',
        '  level: debug  # environment LOG_LEVEL',
        '  format: json  # flag --log-format',
        "  - '[redacted]'  # flag --api-key",
        "      - '[redacted]'  # config/config.yaml:8:32 (environment SECOND)",
        '    timeout: 30  # environment INTERNAI_TIMEOUT',
        '    thinking_mode: true  # default',
      ]),
    )
  })

  it('shows no secret', async () => {
    const printed = [
      printConfig(await loadYaml(text, options)),
      printConfig(await loadYaml(text, { env: options.env })),
    ].join()

    for (const secret of [
      'client-key',
      'flag-key',
      'provider-key',
      'webhook-text',
      'header-key',
      'proxy-password',
      'disabled-key',
    ]) {
      expect(printed).not.toContain(secret)
    }
    expect(printed).toContain('http://[redacted]@proxy.example:3128')
  })

  it('is YAML with the effective values', async () => {
    const printed = parse(printConfig(await loadYaml(text, { env: options.env })))

    expect(printed).toMatchObject({
      port: 80,
      hold: '15s',
      timeouts: { connect: '10s' },
      api_keys: ['[redacted]', { name: 'team-a', key: '[redacted]', backends: ['internlm'] }],
      backends: {
        internlm: { organization: 'on: #1', headers: { 'x-team': 'red' }, timeout: 30 },
        off: { enabled: false },
      },
    })
  })

  it('carries the warnings', async () => {
    const printed = printConfig(await loadYaml(undefined, { env: { JACKFIELD_PROT: '1' } }))

    expect(printed).toContain('# warning: environment JACKFIELD_PROT  no setting has this variable')
    expect(printed).toContain('# Effective configuration (no configuration file)')
  })

  it('prints texts of several lines on one', async () => {
    const loaded = await loadYaml('backends: {internlm: {organization: "a\\nb\\u0007"}}\n', {
      env: { INTERNAI_API_KEY: 'k' },
    })

    expect(parse(printConfig(loaded))).toMatchObject({
      backends: { internlm: { organization: 'a\nb\u0007' } },
    })
  })
})
