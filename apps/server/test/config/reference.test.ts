import { readFileSync } from 'node:fs'
import {
  defaultBreakerRules,
  defaultLimits,
  defaultNetwork,
  defaultRetryRules,
} from '@jackfield/core'
import { Check, type XSchema } from 'typebox/schema'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { editorSchema } from '../../src/config/editor-schema.ts'
import { configurationPages } from '../../src/config/reference.ts'
import { configSchema } from '../../src/config/schema.ts'
import { type SchemaNode, schemaNode } from '../../src/config/schema-node.ts'
import { settingPath, settings } from '../../src/config/settings.ts'
import { loadYaml } from './load-yaml.ts'

describe('generated pages', () => {
  it.each(configurationPages())('$path is up to date', ({ path, text }) => {
    const written = readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8')

    expect(written === text, `${path} is stale: run "npm run docs" and commit the result`).toBe(
      true,
    )
  })

  it('shows an example that works as printed', async () => {
    const [page] = configurationPages()
    const example = /```yaml\n([\s\S]*?)```/.exec(page?.text ?? '')?.[1]

    const { backends } = await loadYaml(example, { env: { INTERNAI_API_KEY: 'k' } })

    expect(backends).toMatchObject([{ name: 'internlm' }])
  })
})

describe('the schema', () => {
  it.each([...membersOf(schemaNode(configSchema), '')])('describes %s', (_, member) => {
    expect(member.description).toMatch(/^[A-Z`].*\.$/)
  })

  it('gives every setting its own flags and variables', () => {
    const names = settings.flatMap(({ flags, variables }) => [...flags, ...variables])

    expect(new Set(names).size).toBe(names.length)
  })

  it('has the defaults of the core', async () => {
    const { config } = await loadYaml(undefined)

    expect(defaultLimits).toMatchObject({
      maxTries: config.max_tries,
      maxAttemptsMs: config.retry_window,
      maxWaitMs: config.max_wait,
      holdMs: config.hold,
      keepAliveMs: config.keep_alive,
      retryEmptyAnswers: config.retry_empty_answers,
    })
    const { failure_rate, window, open, max_open, failures, minimum } = config.breaker
    expect(config.breaker.enabled).toBe(true)
    expect(defaultBreakerRules).toEqual({
      failures,
      failureRate: failure_rate,
      minimum,
      windowMs: window,
      openMs: open,
      maxOpenMs: max_open,
    })
    expect(defaultRetryRules).toMatchObject(config.retry_budget)
    expect(defaultNetwork).toEqual({
      timeouts: {
        connectMs: config.timeouts.connect,
        firstByteMs: config.timeouts.first_byte,
        firstTokenMs: config.timeouts.first_token,
        idleMs: config.timeouts.idle,
        totalMs: config.timeouts.total,
      },
      maxResponseBytes: config.max_response_size,
    })
  })

  it.each(settings.map((setting) => [settingPath(setting), setting] as const))(
    'has a default for %s that it accepts itself',
    (_, { schema }) => {
      if (schema.default === undefined) return
      expect(Check(schema as XSchema, schema.default)).toBe(true)
    },
  )
})

function* membersOf(schema: SchemaNode, path: string): Iterable<[string, SchemaNode]> {
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    const at = `${path}${name}`
    yield [at, member]
    yield* membersOf(member, `${at}.`)
    for (const inner of Object.values(member.patternProperties ?? {}))
      yield* membersOf(inner, `${at}.*.`)
    for (const form of member.items?.anyOf ?? []) yield* membersOf(form, `${at}[].`)
  }
}

describe('the schema for editors', () => {
  const accepts = (text: string) => Check(editorSchema() as XSchema, parse(text))

  it.each([
    'backends: {internlm: {type: internlm, enabled: true}}\ndefault_backend: internlm',
    'backends: {internlm: {api_key: k, any_option: 1}}',
    'api_keys: [a, {name: b, key: c}]',
    'api_keys: a,b',
    'hold: 15s',
    'hold: 15',
    'max_body_size: 32MB',
    'model_aliases: [{pattern: ^a$, replacement: "b:c|d:e"}]',
    'failover_routes: {safe: {policy: mk, elements: [a:b]}, plain: {elements: [a]}}',
    'model_defaults: {"a:b": {temperature: 1}}',
    'backends: {a: {routing: {cost: 1.5, priority: -1}}}',
    '{}',
  ])('accepts %o', (text) => {
    expect(accepts(text)).toBe(true)
  })

  it.each([
    'prot: 80',
    'port: "80"',
    'hold: soon',
    'log: {level: loud}',
    'backends: {Bad_Name: {}}',
    'model_aliases: ["a=b"]',
    'failover_routes: {safe: {elements: []}}',
    'failover_routes: {safe: [a:b]}',
    'model_defaults: {a: {temperature: 3}}',
  ])('refuses %o', (text) => {
    expect(accepts(text)).toBe(false)
  })

  it('has no keyword that only this program knows', () => {
    expect(JSON.stringify(editorSchema())).not.toMatch(
      /"(quantity|secret|commas|pair|json|flag|form|environment|restart|expects)":/,
    )
  })
})
