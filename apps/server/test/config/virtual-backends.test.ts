import { describe, expect, it } from 'vitest'
import { fakePackage, linesOf, loadYaml, problemsOf, standardPackages } from './load-yaml.ts'

const hybrid = fakePackage('hybrid', {
  isVirtual: true,
  variables: {
    reasoning_timeout: 'HYBRID_REASONING_MODEL_TIMEOUT',
    repeat_messages: 'HYBRID_BACKEND_REPEAT_MESSAGES',
    probability: 'REASONING_INJECTION_PROBABILITY',
  },
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      reasoning_timeout: { type: ['string', 'number'], quantity: 'duration', default: '60s' },
      repeat_messages: { type: 'boolean', default: false },
      probability: { type: 'number', minimum: 0, maximum: 1, default: 1 },
    },
  },
})
const packages = [hybrid, ...standardPackages]
const openai = { OPENAI_API_KEY: 'o' }
const section = 'backends: { openai: { api_keys: [k] } }\n'

async function load(text: string | undefined, env: Readonly<Record<string, string>> = {}) {
  const loaded = await loadYaml(text, { packages, env })
  const { backends } = loaded
  return {
    ...loaded,
    names: backends.map(({ name }) => name),
    hybrid: backends.find(({ type }) => type === 'hybrid'),
  }
}

describe('a backend that calls others', () => {
  it.each([
    ['found by its key', undefined, openai, ['openai', 'hybrid']],
    ['that is echo', undefined, {}, ['echo', 'hybrid']],
    ['that is listed', section, {}, ['openai', 'hybrid']],
  ])('serves by itself beside one %s', async (_, text, env, expected) => {
    expect((await load(text, env)).names).toEqual(expected)
  })

  it.each([
    [undefined, openai, 'openai'],
    [undefined, {}, 'echo'],
    [section, {}, 'openai'],
  ])('is never the default, and leaves the only other one the default', async (text, env, only) => {
    const { config, warnings } = await load(text, env)

    expect(config.default_backend).toBe(only)
    expect(warnings).toEqual([])
  })

  it('is not among the choices for a default', async () => {
    const { config, warnings } = await load(undefined, { ...openai, INTERNAI_API_KEY: 'i' })

    expect(config).not.toHaveProperty('default_backend')
    expect(linesOf(warnings)).toEqual([
      expect.stringContaining('no default among openai, internlm:'),
    ])
  })

  it('does not make up for a backend without a key', async () => {
    expect(await problemsOf('backends: { openai: {} }\n', { packages })).toEqual([
      expect.stringContaining('it is needed, as no other backend can serve, and has no key'),
    ])
  })

  it('does not serve alone', async () => {
    const alone = { packages: [hybrid] }

    expect(await problemsOf(undefined, alone)).toEqual([
      expect.stringContaining('there is no backend'),
    ])
    expect(await problemsOf('backends: { openai: { enabled: false } }\n', { packages })).toEqual([
      expect.stringContaining('every backend is disabled'),
    ])
  })

  it('serves once, under the name and with the options that a section gives it', async () => {
    const text =
      'backends: { openai: { api_keys: [k] }, mix: { type: hybrid, reasoning_timeout: 5 } }\n'
    const { names, hybrid } = await load(text)

    expect(names).toEqual(['openai', 'mix'])
    expect(hybrid?.options).toMatchObject({ reasoning_timeout: 5_000 })
  })

  it('can be configured alone: the others are found by their keys all the same', async () => {
    const { names, isAutomatic, hybrid } = await load(
      'backends: { hybrid: { reasoning_timeout: 5 } }\n',
      openai,
    )

    expect([names, isAutomatic]).toEqual([['openai', 'hybrid'], true])
    expect(hybrid?.options).toMatchObject({ reasoning_timeout: 5_000 })
  })

  it('is switched off in its entry', async () => {
    expect((await load('backends: { hybrid: { enabled: false } }\n', openai)).names).toEqual([
      'openai',
    ])
  })

  it.each([
    ['in the file', 'disable_hybrid_backend: true\n', {}],
    ['in the section, as published', 'backends: { disable_hybrid_backend: true }\n', {}],
    ['in the environment', undefined, { DISABLE_HYBRID_BACKEND: 'true' }],
  ])('is switched off %s', async (_, text, env) => {
    const { names, disabled } = await load(text, { ...openai, ...env })

    expect([names, disabled]).toEqual([['openai'], []])
  })

  it('is switched off by flag', async () => {
    const argv = ['--disable-hybrid-backend']
    const { backends } = await loadYaml(undefined, { packages, env: openai, argv })

    expect(backends.map(({ name }) => name)).toEqual(['openai'])
  })

  it('is shown as disabled where it is listed and switched off', async () => {
    const text = `${section.replace(' } }', ' }, mix: { type: hybrid } }')}disable_hybrid_backend: true\n`
    const { names, disabled } = await load(text)

    expect(names).toEqual(['openai'])
    expect(disabled).toEqual([
      { name: 'mix', type: 'hybrid', reason: 'disable_hybrid_backend is set' },
    ])
  })
})

describe('variables of options', () => {
  it('are read as the option is written in the file', async () => {
    const { hybrid, sources } = await load(undefined, {
      ...openai,
      HYBRID_REASONING_MODEL_TIMEOUT: '90',
      HYBRID_BACKEND_REPEAT_MESSAGES: 'true',
      REASONING_INJECTION_PROBABILITY: '0.25',
    })

    expect(hybrid?.options).toEqual({
      reasoning_timeout: 90_000,
      repeat_messages: true,
      probability: 0.25,
    })
    expect(sources.get('backends.hybrid.probability')).toBe(
      'environment REASONING_INJECTION_PROBABILITY',
    )
  })

  it('stand behind what the file says, and are warned of', async () => {
    const { hybrid, warnings } = await load('backends: { hybrid: { probability: 0.5 } }\n', {
      ...openai,
      REASONING_INJECTION_PROBABILITY: '0.25',
    })

    expect(hybrid?.options).toMatchObject({ probability: 0.5 })
    expect(linesOf(warnings)).toEqual([expect.stringContaining('not used')])
  })

  it.each([
    ['REASONING_INJECTION_PROBABILITY', '2', 'probability'],
    ['REASONING_INJECTION_PROBABILITY', 'often', 'probability'],
    ['HYBRID_REASONING_MODEL_TIMEOUT', 'long', 'reasoning_timeout'],
    ['HYBRID_BACKEND_REPEAT_MESSAGES', 'perhaps', 'repeat_messages'],
  ])('are refused by their names: %s=%s', async (variable, value, option) => {
    const env = { ...openai, [variable]: value }

    expect(await problemsOf(undefined, { packages, env })).toEqual([
      expect.stringMatching(new RegExp(`^environment ${variable}  backends.hybrid.${option}  `)),
    ])
  })

  it('that are empty are not there', async () => {
    const { hybrid } = await load(undefined, { ...openai, REASONING_INJECTION_PROBABILITY: ' ' })

    expect(hybrid?.options).toMatchObject({ probability: 1 })
  })
})
