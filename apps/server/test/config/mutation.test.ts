import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConfigError, formatProblem, type Problem } from '../../src/config/problems.ts'
import { loadYaml } from './load-yaml.ts'

/** Random, so that no piece of eight characters looks like a word. */
const secrets = [
  'sk-Zr8kQ2mX7bN4vL9wT3yH6cJ1',
  'Qz5Xv7Kp2Lm9Ng4Rt8Ws3Yb6Dc1F',
  'M3n8B6v2C7x4Z9l5K1j8H3g6F2d4',
  'eYJ7a9X2c4V6b8N1m3Q5w7E9r2T4',
]
const [first, second, third, fourth] = secrets

const valid = `# A configuration with something of everything
host: 127.0.0.1
port: 8000
api_keys:
  - ${first}
  - name: team-a
    key: "${second}"
    backends: [internlm]
default_backend: internlm
static_route: "openai:gpt-4o|internlm:intern-s1?temperature=0.2"
model_aliases:
  - { pattern: '^gpt-(.*)$', replacement: 'openai:gpt-\\1?top_p=0.5' }
failover_routes:
  safe: { policy: mk, elements: ["openai:gpt-4o", "internlm:intern-s1"] }
model_defaults: { "openai:gpt-4o": { temperature: 0.5 } }
model_preference: cost
timeouts: { connect: 5s, idle: 1m }
log:
  level: debug
parameters:
  forced: { temperature: 0.5 }
backends:
  internlm: &base
    type: internlm
    api_keys: [ "${third}", '\${env:OTHER}' ]
    base_url: https://provider.example/v1
    headers:
      x-team: red
  openai:
    api_key: \${file:key}
    timeout: 90
`

const options = {
  env: { OTHER: fourth ?? '', OPENAI_API_KEY: second ?? '' },
  files: { '/home/me/config/key': `${first}\n` },
}

/** Pieces that mean something to YAML, to the expansion or to the schema. */
const pieces = [
  ...' :-#{}[]"\'&*!|>%@`,?\n\t$'.split(''),
  '${env:',
  '${file:',
  '}',
  '<<: *base',
  ': ',
  '- ',
  '\n  ',
  '---\n',
  '"',
  'null',
  '1e999',
  '-1',
  '0x1F',
  '\u0000',
  '\u2028',
  '\uFEFF',
  '\uD800',
  'backends',
  'api_keys:',
  'type: ',
  'enabled: false',
  '__proto__: ',
  'constructor: ',
  'static_route: ',
  'default_backend: ',
  'force_model: ',
  'pattern: ',
  'replacement: ',
  'elements: ',
  'routing: ',
  '\\1',
  'port: ',
]

type Mutation = (text: string) => string

const place = fc.nat(2_000)
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.nat(40)).map(([at, length]): Mutation => {
    return (text) => text.slice(0, at % text.length) + text.slice((at % text.length) + length)
  }),
  fc.tuple(place, fc.constantFrom(...pieces)).map(([at, piece]): Mutation => {
    return (text) => text.slice(0, at % text.length) + piece + text.slice(at % text.length)
  }),
  fc.tuple(place, fc.nat(60), place).map(([from, length, to]): Mutation => {
    return (text) => {
      const piece = text.slice(from % text.length, (from % text.length) + length)
      return text.slice(0, to % text.length) + piece + text.slice(to % text.length)
    }
  }),
  fc.tuple(fc.nat(40), fc.nat(40)).map(([one, other]): Mutation => {
    return (text) => {
      const lines = text.split('\n')
      const [a, b] = [one % lines.length, other % lines.length]
      return lines.map((line, at) => (at === a ? lines[b] : at === b ? lines[a] : line)).join('\n')
    }
  }),
  fc.tuple(fc.nat(40), fc.nat(8)).map(([line, width]): Mutation => {
    return (text) => {
      const lines = text.split('\n')
      lines[line % lines.length] =
        ' '.repeat(width) + (lines[line % lines.length] ?? '').trimStart()
      return lines.join('\n')
    }
  }),
)

function leakOf(printed: string): string | undefined {
  for (const secret of secrets) {
    for (let at = 3; at + 8 <= secret.length; at += 1) {
      const piece = secret.slice(at, at + 8)
      if (printed.includes(piece)) return piece
    }
  }
  return undefined
}

/** What a configuration says: its error, or its warnings. */
async function outcomeOf(
  text: string,
): Promise<{ failure?: unknown; warnings: readonly Problem[] }> {
  try {
    const { warnings } = await loadYaml(text, options)
    return { warnings }
  } catch (failure) {
    return { failure, warnings: [] }
  }
}

describe('a configuration with random mistakes', () => {
  it('is valid without them', async () => {
    expect((await outcomeOf(valid)).failure).toBeUndefined()
  })

  it('is loaded, or refused with places and words and without any secret', {
    timeout: 60_000,
  }, async () => {
    let refused = 0
    const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(mutations, async (steps) => {
        const text = steps.reduce((mutated, step) => step(mutated) || 'a', valid)
        const { failure, warnings } = await outcomeOf(text)
        expect(leakOf(warnings.map(formatProblem).join('\n'))).toBeUndefined()
        if (failure === undefined) return
        refused += 1
        expect(failure).toBeInstanceOf(ConfigError)
        if (!(failure instanceof ConfigError)) return
        expect(failure.problems.length).toBeGreaterThan(0)
        for (const problem of failure.problems) {
          expect(problem.message).not.toBe('')
          expect(problem.fix).not.toBe('')
        }
        const printed = [
          failure.message,
          ...failure.problems.map(formatProblem),
          JSON.stringify(failure.problems),
        ]
        expect(leakOf(printed.join('\n'))).toBeUndefined()
      }),
      { numRuns: 1_500 },
    )
    expect(refused).toBeGreaterThan(500)
  })

  it('is refused without secrets when keys stand where names belong', async () => {
    for (const secret of secrets) {
      for (const line of [
        `${secret}: 1`,
        `default_backend: ${secret}`,
        `static_route: "${secret}|"`,
        `static_route: "${secret}?x=1"`,
        `static_route: "openai:a?${secret}=1|internlm:b"`,
        `default_backend: "[max_context=${secret}]openai:a"`,
        `default_backend: "openai:a|${secret}:b"`,
        `model_aliases: [{pattern: "(${secret}", replacement: x}]`,
        `model_aliases: [{pattern: a, replacement: "openai:a|${secret}:b"}]`,
        `model_aliases: [{pattern: a, replacement: "openai:a?${secret}=1"}]`,
        `failover_routes: {${secret}: {elements: ["openai:"]}}`,
        `failover_routes: {"${secret}/": {elements: [a]}}`,
        `failover_routes: {a: {elements: ["${secret}:b", "b|${secret}"]}}`,
        `failover_routes: {a: {policy: ${secret}, elements: [b]}}`,
        `model_defaults: {"${secret}:b": {}, "opena:${secret}": {}}`,
        `port: ${secret}`,
        `log: {${secret}}`,
        `log: {level: ${secret}}`,
        `api_keys: {${secret}: 1}`,
        `api_keys: [{name: x, key: a, backends: [${secret}]}]`,
        `backends: {${secret.toLowerCase()}: {}}`,
        `backends: {x: {type: ${secret.toLowerCase()}}}`,
        `backends: {internlm: {${secret}: 1}}`,
        `backends: {internlm: {api_key: {${secret}: 1}}}`,
        `a: *${secret}`,
        `a: "\${file:${secret}}"`,
        `a: "\${env:${secret}}"`,
        `timeouts: {connect: ${secret}}`,
      ]) {
        const { failure, warnings } = await outcomeOf(line)
        const printed = [failure, ...warnings.map(formatProblem)].join('\n').toLowerCase()
        for (let at = 3; at + 8 <= secret.length; at += 1) {
          expect(printed, line).not.toContain(secret.slice(at, at + 8).toLowerCase())
        }
      }
    }
  })
})
