import type { NamedSecret } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { configErrorOf, fakePackage, keyPackage, loadYaml, problemsOf } from './load-yaml.ts'

describe('options of plugins', () => {
  const env = { INTERNAI_API_KEY: 'k' }

  it.each([
    [
      'thinking_mod: true',
      'config/config.yaml:3:5  backends.internlm  unknown key "thinking_mod"  → did you mean "thinking_mode"?',
    ],
    [
      'thinking_mode: maybe',
      'config/config.yaml:3:20  backends.internlm.thinking_mode  expected true or false, found a text',
    ],
    ['timeout: soon', 'config/config.yaml:3:14  backends.internlm.timeout  expected a duration'],
    [
      'base_url: provider.example',
      'config/config.yaml:3:15  backends.internlm.base_url  expected a text',
    ],
    [
      'retries: {cuont: 1}',
      'config/config.yaml:3:15  backends.internlm.retries  unknown key "cuont"  → did you mean "count"?',
    ],
    [
      'retries: {count: -1}',
      'config/config.yaml:3:22  backends.internlm.retries.count  expected a whole number of at least 0',
    ],
    [
      'headers: {a: 1}',
      'config/config.yaml:3:18  backends.internlm.headers.a  expected a text, found a number  → put it in quotes',
    ],
    [
      'api_keys: [a, {b: c}]',
      'config/config.yaml:3:19  backends.internlm.api_keys[1]  expected a key',
    ],
  ])('are held against the plugin’s schema: %o', async (line, start) => {
    const problems = await problemsOf(`backends:\n  internlm:\n    ${line}\n`, { env })

    expect(problems).toEqual([expect.stringContaining(start)])
  })

  it('suggests the keys that every backend has', async () => {
    expect(await problemsOf('backends: {internlm: {enabeld: true}}\n', { env })).toEqual([
      expect.stringContaining('unknown key "enabeld"  → did you mean "enabled"?'),
    ])
  })

  it('gives secrets wrapped and named', async () => {
    const text = 'backends: {internlm: {webhook_secret: hush}}\n'

    const { backends } = await loadYaml(text, { env })

    const options = backends[0]?.options as { readonly webhook_secret: NamedSecret } | undefined
    expect(options?.webhook_secret.name).toBe('backends.internlm.webhook_secret')
    expect(options?.webhook_secret.value.reveal()).toBe('hush')
  })

  it('are held against rules over several of them too', async () => {
    const options = {
      type: 'object',
      properties: { user: { type: 'string' }, password: { type: 'string' } },
      dependentRequired: { user: ['password'] },
    }
    const packages = [fakePackage('strict', { options })]

    expect(await problemsOf('backends: {strict: {user: me}}\n', { packages })).toEqual([
      expect.stringContaining(
        'config/config.yaml:1:20  backends.strict  must have properties password',
      ),
    ])
    expect(await problemsOf('backends: {strict: {usr: me}}\n', { packages })).toHaveLength(1)
  })

  it('reports what is required and missing at the entry', async () => {
    const options = {
      type: 'object',
      properties: { region: { type: 'string', enum: ['eu', 'us'] } },
      required: ['region'],
    }
    const packages = [fakePackage('regional', { options })]

    expect(await problemsOf('backends:\n  regional: {}\n', { packages })).toEqual([
      'config/config.yaml:2:13  backends.regional.region  it is required  → write one of eu, us',
    ])
  })

  it('tells a rule with alternatives once', async () => {
    const options = {
      type: 'object',
      properties: { file: { type: 'string' }, url: { type: 'string' } },
      allOf: [{ anyOf: [{ required: ['file'] }, { required: ['url'] }] }],
    }
    const packages = [fakePackage('either', { options })]

    expect(await problemsOf('backends: {either: {}}\n', { packages })).toEqual([
      'config/config.yaml:1:20  backends.either  must match a schema in anyOf  → correct it',
    ])
  })

  it('finds every one of many problems that only the whole schema shows', async () => {
    const names = Array.from({ length: 30 }, (_, at) => `name_${at}`)
    const each = (schema: object) => Object.fromEntries(names.map((name) => [name, schema]))
    const options = {
      type: 'object',
      properties: each({ type: 'string' }),
      allOf: [{ properties: each({ maxLength: 1 }) }],
    }
    const packages = [fakePackage('strict', { options })]
    const lines = names.map((name) => `    ${name}: long\n`).join('')

    const { problems } = await configErrorOf(`backends:\n  strict:\n${lines}`, { packages })

    expect(problems).toHaveLength(30)
    expect(problems[29]).toMatchObject({ path: 'backends.strict.name_29', origin: { line: 32 } })
  })

  it('finds every one of many problems', async () => {
    const names = Array.from({ length: 30 }, (_, at) => `header-${at}`)
    const headers = names.map((name) => `      ${name}: ${name.length}\n`).join('')

    const { problems } = await configErrorOf(`backends:\n  internlm:\n    headers:\n${headers}`, {
      env,
    })

    expect(problems).toHaveLength(30)
  })
})

describe('packages', () => {
  it('says how to install a type that is not', async () => {
    expect(await problemsOf('backends:\n  claude: {type: anthropic}\n')).toEqual([
      'config/config.yaml:2:18  backends.claude  the package "@jackfield/backend-anthropic" of type "anthropic" is not installed  → install it with "npm install @jackfield/backend-anthropic", or correct the type',
    ])
  })

  it.each(['@acme/jackfield-backend-x', 'jackfield-backend-x', 'x-for-jackfield'])(
    'takes a third party’s package %s by its full name',
    async (packageName) => {
      const packages = [fakePackage('x', { packageName })]

      const { backends } = await loadYaml(`backends: {mine: {type: '${packageName}'}}\n`, {
        packages,
      })

      expect(backends).toMatchObject([{ name: 'mine', type: 'x', packageName }])
    },
  )

  it('says how to write the type of a third party’s package', async () => {
    const packages = [fakePackage('x', { packageName: '@acme/jackfield-backend-x' })]

    expect(await problemsOf('backends: {x: {}}\n', { packages })).toEqual([
      expect.stringContaining("→ did you mean type: '@acme/jackfield-backend-x'?"),
    ])
  })

  it('survives a broken schema', async () => {
    const options = { type: 'object', properties: { a: { type: 'string', pattern: '(' } } }
    const packages = [fakePackage('broken', { options })]

    const error = await configErrorOf('backends: {broken: {a: x}}\n', { packages })

    expect(error.code).toBe('plugin_incompatible')
    expect(error.message).toContain(
      'the options schema of @jackfield/backend-broken cannot be used',
    )
  })

  it('refuses a package whose variables give options that it does not have', async () => {
    const packages = [keyPackage('half', 'HALF', { options: { type: 'object', properties: {} } })]

    const error = await configErrorOf('backends: {half: {}}\n', {
      packages,
      env: { HALF_API_KEY: 'k' },
    })

    expect(error.code).toBe('plugin_incompatible')
    expect(error.message).toContain('declares a variable for api_keys and has no such option')
  })
})
