import { describe, expect, it } from 'vitest'
import { gatewayConfig } from '../../src/gateway-config.ts'
import {
  fakePackage,
  type LoadOptions,
  linesOf,
  loadYaml,
  problemsOf,
  standardPackages,
} from './load-yaml.ts'

const env = { OPENAI_API_KEY: 'o', INTERNAI_API_KEY: 'i' }
const withDefault = { env: { ...env, LLM_BACKEND: 'openai' } }

/** The problems of a configuration that has a default. */
const problems = (text: string) => problemsOf(text, withDefault)

async function warningsOf(
  text: string,
  options: LoadOptions = withDefault,
): Promise<readonly string[]> {
  return linesOf((await loadYaml(text, options)).warnings)
}

describe('the routing of a configuration', () => {
  it('reaches the gateway', async () => {
    const text = `
backends:
  openai: { routing: { priority: 2, cost: 0.5 } }
  internlm: {}
default_backend: quick
static_route: openai:a|internlm:b
force_model: forced
model_aliases:
  - { pattern: '^gpt-(.*)$', replacement: 'openai:gpt-\\1' }
model_preference: cost
failover_routes:
  quick: { elements: ['openai:a', 'internlm:b?temperature=0.5'] }
  turns: { policy: round_robin, elements: ['openai:a'] }
model_defaults:
  openai:gpt-4.1: { temperature: 0.25, max_output_tokens: 100 }
  intern-s1: { reasoning_effort: high }
`

    const gateway = gatewayConfig(await loadYaml(text, { env }))

    expect(gateway).toMatchObject({
      defaultBackend: 'quick',
      staticRoute: 'openai:a|internlm:b',
      forceModel: 'forced',
      modelAliases: [{ pattern: '^gpt-(.*)$', replacement: 'openai:gpt-\\1' }],
      modelPreference: 'cost',
      failoverRoutes: {
        quick: { policy: 'ordered', elements: ['openai:a', 'internlm:b?temperature=0.5'] },
        turns: { policy: 'round-robin', elements: ['openai:a'] },
      },
      parameters: {
        modelDefaults: {
          'openai:gpt-4.1': { temperature: 0.25, maxOutputTokens: 100 },
          'intern-s1': { reasoningEffort: 'high' },
        },
      },
      backends: [
        { name: 'openai', rank: { priority: 2, cost: 0.5 } },
        { name: 'internlm', rank: {} },
      ],
    })
  })

  it('is nothing where nobody writes any', async () => {
    const gateway = gatewayConfig(await loadYaml(undefined))

    expect(gateway).toMatchObject({
      modelAliases: [],
      failoverRoutes: {},
      modelPreference: 'order',
      parameters: { modelDefaults: {} },
    })
    expect(gateway).not.toHaveProperty('staticRoute')
  })
})

describe('every layer gives what it can', () => {
  const file = (value: string) => `default_backend: openai\n${value}\n`

  it.each([
    ['static_route', '--static-route', 'STATIC_ROUTE', undefined],
    ['default_backend', '--default-backend', 'LLM_BACKEND', 'openai'],
  ] as const)('%s: flag, variable, file, default', async (name, flag, variable, standard) => {
    const of = async (text: string | undefined, layers: object) =>
      (await loadYaml(text, { env, ...layers })).config[name]
    const text = `${name === 'default_backend' ? '' : 'default_backend: openai\n'}${name}: openai:file\n`
    const env1 = { OPENAI_API_KEY: 'o', [variable]: 'openai:variable|openai:b' }
    const argv = [`${flag}=openai:flag^openai:b`]

    expect(await of(text, { env: env1, argv })).toBe('openai:flag^openai:b')
    expect(await of(text, { env: env1 })).toBe('openai:variable|openai:b')
    expect(await of(text, {})).toBe('openai:file')
    expect(await of(undefined, { env: { OPENAI_API_KEY: 'o' } })).toBe(standard)
  })

  it('model_aliases: flag, variable, file, default, each whole', async () => {
    const of = async (text: string | undefined, layers: object = {}) =>
      (await loadYaml(text, { ...withDefault, ...layers })).config.model_aliases
    const text = file('model_aliases: [{pattern: a, replacement: file}]')
    const argv = ['--model-alias', 'a=flag', '--model-alias=b=two?temperature=0.5']
    const aliases = '[{"pattern": "a", "replacement": "variable"}]'
    const variable = { env: { ...withDefault.env, MODEL_ALIASES: aliases } }

    expect(await of(text, { ...variable, argv })).toEqual([
      { pattern: 'a', replacement: 'flag' },
      { pattern: 'b', replacement: 'two?temperature=0.5' },
    ])
    expect(await of(text, variable)).toEqual([{ pattern: 'a', replacement: 'variable' }])
    expect(await of(text)).toEqual([{ pattern: 'a', replacement: 'file' }])
    expect(await of(undefined)).toEqual([])
  })

  it('model_preference: variable, file in both spellings, default', async () => {
    const of = async (text: string | undefined, more: Readonly<Record<string, string>> = {}) =>
      (await loadYaml(text, { env: { ...withDefault.env, ...more } })).config.model_preference

    expect(await of('model_preference: cost', { JACKFIELD_MODEL_PREFERENCE: 'priority' })).toBe(
      'priority',
    )
    expect(await of('model_preference: ROUND_ROBIN')).toBe('round-robin')
    expect(await of('routing: {model_only_preference_policy: cost}')).toBe('cost')
    expect(await of(undefined)).toBe('order')
  })

  it('two spellings of one setting are refused, and what else stands beside the published one', async () => {
    expect(
      await problems('model_preference: cost\nrouting: {model_only_preference_policy: cost}'),
    ).toEqual([expect.stringContaining('means the same as "model_preference"')])
    expect(await problems('routing: {model_only_preference_policy: cost, other: 1}')).toEqual([
      expect.stringContaining('unknown key "routing"'),
    ])
  })
})

describe('an alias', () => {
  it.each([
    ['a=b=c', 'a', 'b=c'],
    ['a\\=b=c', 'a\\=b', 'c'],
    ['a\\\\=b', 'a\\\\', 'b'],
    ['=b', '', 'b'],
    ['^(.*)$=openai:\\1?temperature=0.5', '^(.*)$', 'openai:\\1?temperature=0.5'],
  ])('on the command line, %s, is cut at the first = without backslash', async (flag, ...parts) => {
    const [pattern, replacement] = parts
    const loading = loadYaml(undefined, { ...withDefault, argv: [`--model-alias=${flag}`] })

    if (pattern === '') await expect(loading).rejects.toThrow(/flag --model-alias.*pattern/)
    else expect((await loading).config.model_aliases).toEqual([{ pattern, replacement }])
  })

  it.each([
    [['--model-alias', 'no-sign'], {}, 'flag --model-alias', '→ write pattern=replacement'],
    [[], { MODEL_ALIASES: '{"a": 1}' }, 'environment MODEL_ALIASES', '→ write it as JSON'],
    [[], { MODEL_ALIASES: 'a=b' }, 'environment MODEL_ALIASES', '→ write it as JSON'],
    [[], { MODEL_ALIASES: '[{"pattern": "a"}]' }, 'MODEL_ALIASES', 'replacement  it is required'],
    [[], { MODEL_ALIASES: '["a=b"]' }, 'MODEL_ALIASES', 'expected a mapping with pattern and'],
  ])('that is none is refused: %j %j', async (argv, more, place, what) => {
    const said = await problemsOf(undefined, { argv, env: { ...withDefault.env, ...more } })

    expect(said).toEqual([expect.stringContaining(place)])
    expect(said[0]).toContain(what)
  })

  it.each([
    ['(', 'x', '1:28  model_aliases[0]  The pattern is not a regular expression'],
    ['(?=a)', 'x', '1:28  model_aliases[0]  The pattern is not a regular expression'],
    ['a', '\\1', 'The replacement uses \\1, but the pattern has no groups.  → correct the rule'],
    ['^a$', 'openai:a|', '1:52  model_aliases[0].replacement  column 10: There is no model'],
    ['^a$', '[weight=1]\\0', 'replacement  column 2: "weight" has a meaning only between'],
    ['^a$', '', 'model_aliases[0].replacement  column 1: The selector is empty'],
    ['a', 'openai:a|internlm', 'column 10: the backend "internlm" stands there without a model'],
  ])('with a bad rule is refused: %s → %s', async (pattern, replacement, problem) => {
    const written = `'${pattern}'`.padEnd(9)
    const text = `model_aliases: [{ pattern: ${written}, replacement: '${replacement}' }]`

    expect(await problems(text)).toEqual([expect.stringContaining(problem)])
  })

  it.each([
    ['^gpt-(.*)$', 'openai:gpt-\\1'],
    ['^(.*)/(.*)$', '\\1:\\2'],
    ['^(.*)@(.*)$', 'openai:\\1?reasoning_effort=\\2'],
    ['^(.*)@(.*)$', '[max_context=\\2]openai:\\1'],
    ['^gpt/', 'openai:'],
    ['/', ':'],
    ['$', '|internlm:b'],
    ['-beta$', ''],
    ['^a$|b', 'openai:'],
    ['^x$', 'openai'],
    ['^x$', 'llama3%3A8b'],
  ])('may be %s → %s', async (pattern, replacement) => {
    const text = `model_aliases: [{ pattern: '${pattern}', replacement: '${replacement}' }]`

    expect(await warningsOf(text)).toEqual([])
  })

  it('is warned of where it cannot mean what it says', async () => {
    const text = `
model_aliases:
  - { pattern: ^a$, replacement: 'opnai:x' }
  - { pattern: ^b$, replacement: 'openai:x?temperature=9' }
  - { pattern: ^c$, replacement: 'openai:x|llama3:8b' }
`
    expect(await warningsOf(text)).toEqual([
      'config/config.yaml:3:34  model_aliases[0].replacement  "opnai:x" names no configured backend, so that the whole is taken as a model  → did you mean "openai:…"?',
      'config/config.yaml:4:34  model_aliases[1].replacement  column 10: Ignored "temperature=9": temperature must be a number from 0 to 2.  → correct it',
      'config/config.yaml:5:34  model_aliases[2].replacement  column 10: "llama3:8b" names no configured backend, so that the whole is taken as a model  → name one of openai, internlm, or write a colon that belongs to the model as %3A',
    ])
  })
})

describe('a failover route', () => {
  it.each([
    ["'*'", 'no route is for all names  → give it a name, and send all models there with an alias'],
    ['a:b', '"a:b" is no name for a route'],
    ['a/b', '"a/b" is no name for a route'],
    ['-a', '"-a" is no name for a route'],
    ['openai', 'a backend is called "openai" too  → rename one of them'],
  ])('cannot be called %s', async (name, problem) => {
    expect(await problems(`failover_routes:\n  ${name}: { elements: ['openai:a'] }\n`)).toEqual([
      expect.stringContaining(`config/config.yaml:2:3  failover_routes  ${problem}`),
    ])
  })

  it.each([
    ['{ elements: [] }', 'failover_routes.r.elements'],
    ['{ policy: k }', 'failover_routes.r.elements  it is required'],
    ['{ policy: kk, elements: [a] }', 'expected one of ordered, round-robin, k, m, km, mk'],
    ["{ elements: ['openai:a|openai:b'] }", 'it is several places, and an element is one'],
    ["{ elements: ['openai:a', 'openai:'] }", 'elements[1]  column 8: There is no model after'],
    ['{ elements: [openai] }', 'the backend "openai" stands there without a model'],
    ['{ elements: [openai:a], extra: 1 }', 'unknown key "extra"'],
  ])('may not be %s', async (route, problem) => {
    expect(await problems(`failover_routes: { r: ${route} }\n`)).toEqual([
      expect.stringContaining(problem),
    ])
  })

  it('may name models that backends list, and backends that are there', async () => {
    const text = `failover_routes: { gpt-4o: { elements: [gpt-4o, 'openai.KEY:a', 'internlm/b'] } }`

    expect(await warningsOf(text)).toEqual([])
  })

  it('that is called default is told what uses it', async () => {
    const text = 'failover_routes: { default: { elements: [openai:a] } }\n'

    expect(await warningsOf(text)).toEqual([
      expect.stringContaining('→ write default_backend: default'),
    ])
    expect(await warningsOf(`${text}default_backend: default\n`, { env })).toEqual([])
  })

  it('cannot hold another one, and says so', async () => {
    const text = 'failover_routes: { a: { elements: [b] }, b: { elements: [openai:a] } }\n'

    expect(await warningsOf(text)).toEqual([
      expect.stringContaining('failover_routes.a.elements[0]  "b" is taken as a model'),
    ])
  })

  it.each([
    ['default_backend: rout', 'did you mean "route"?'],
    ['static_route: rout', 'no enabled backend and no failover route is called "rout"'],
  ])('is suggested where %s', async (line, problem) => {
    const text = `failover_routes: { route: { elements: [openai:a] } }\n${line}\n`

    expect((await problemsOf(text, { env })).join()).toContain(problem)
  })
})

describe('selectors that name backends', () => {
  const text = `
backends: { openai: {}, internlm: { enabled: false } }
failover_routes:
  r: { elements: [openai:a, 'internlm:b', 'opnai:c'] }
model_aliases: [{ pattern: x, replacement: 'internlm:\\0' }]
static_route: openai:a|internlm:b
`

  it('are refused, all at once, where those are switched off', async () => {
    const disabled = 'the backend "internlm" is not enabled  → enable it, or name another one'

    expect(await problemsOf(text, { env })).toEqual([
      `config/config.yaml:4:29  failover_routes.r.elements[1]  ${disabled}`,
      `config/config.yaml:5:44  model_aliases[0].replacement  ${disabled}`,
      `config/config.yaml:6:15  static_route  column 10: ${disabled}`,
    ])
  })

  it.each([
    ['default_backend', 'default_backend: echo|internlm:b', 'the default backend'],
    ['static_route', 'static_route: echo:a!internlm:b', 'named by static_route'],
    [
      'a failover route',
      'failover_routes: {r: {elements: [internlm:b]}}',
      'named by failover_routes.r.elements[0]',
    ],
    [
      'an alias',
      'model_aliases: [{pattern: x, replacement: internlm:b}]',
      'named by model_aliases[0].replacement',
    ],
  ])('are refused where %s names one without a key', async (_, line, role) => {
    const text = `backends: { echo: {}, internlm: {} }\n${line}\n`

    expect((await problemsOf(text))[0]).toContain(
      `backends.internlm  it is ${role} and has no key  → set INTERNAI_API_KEY`,
    )
  })

  it.each([
    ['default_backend', 'default_backend: echo:a|free:b', {}],
    ['static_route', 'static_route: echo:a^free:b', {}],
    ['a failover route', "failover_routes: {r: {elements: [echo:a, 'free:b']}}", {}],
    ['an alias', "model_aliases: [{pattern: '(x)', replacement: 'free:\\1'}]", {}],
    ['a flag', '', { argv: ['--static-route', 'free:b'] }],
    ['a variable', '', { env: { LLM_BACKEND: 'echo:a!free:b' } }],
    ['a flag with an alias', '', { argv: ['--model-alias', '^=free:'] }],
  ])('enable those that work without a key: %s', async (_, line, options) => {
    const packages = [...standardPackages, fakePackage('free')]

    const { backends } = await loadYaml(`${line}\n`, { packages, ...options })

    expect(backends.map(({ name }) => name)).toContain('free')
  })

  it('say in model_defaults what they might have meant', async () => {
    expect(await warningsOf('model_defaults: { "opnai:gpt-4o": {}, "llama3:8b": {} }')).toEqual([
      expect.stringContaining('model_defaults  "opnai:gpt-4o" names no configured backend'),
    ])
  })

  describe('in pairs', () => {
    const packages = [...standardPackages, fakePackage('hybrid')]
    const options = { packages, env }

    it('are checked too', async () => {
      const line = 'default_backend: "hybrid:[openai:a|internlm,opnai:b]"\n'

      expect(await problemsOf(line, options)).toEqual([
        expect.stringContaining('column 18: the backend "internlm" stands there without a model'),
      ])
    })

    it('may be models that backends list, and are one element', async () => {
      const pair = 'hybrid:[gpt-4o,internlm:b|openai:c]'
      const text = `default_backend: "${pair}"\nfailover_routes: { r: { elements: ["${pair}"] } }\n`

      expect(await warningsOf(text, options)).toEqual([])
      expect(await problemsOf(text.replace(`["${pair}`, `["${pair}|openai:d`), options)).toEqual([
        expect.stringContaining('it is several places, and an element is one'),
      ])
    })
  })
})

describe('check-config', () => {
  it.each([
    [
      'model_defaults: { a: { temperature: 3 } }',
      'model_defaults.a.temperature  expected a number',
    ],
    ['model_preference: fast', 'expected one of order, round-robin, priority, cost'],
    ['backends: { openai: { routing: { cost: -1 } } }', 'routing.cost  expected a number'],
    ['backends: { openai: { routing: { price: 1 } } }', 'unknown key "price"'],
  ])('refuses %s', async (text, problem) => {
    expect(await problems(`${text}\n`)).toEqual([expect.stringContaining(problem)])
  })
})
