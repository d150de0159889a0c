import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { body, dropped, error } from './readme-example.ts'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

const readme = read('../README.md')

const members = (file: string, part: string) =>
  [...(read(file).split(part)[1]?.split('\n}')[0] ?? '').matchAll(/^ {2}readonly (\w+)\??:/gm)].map(
    ([, name]) => name ?? '',
  )

describe('the README', () => {
  it('shows the example that runs here', () => {
    const example = read('readme-example.ts').replace(
      "'../src/index.ts'",
      "'@jackfield/dialect-anthropic'",
    )

    expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``)
  })

  it('says what the example does', () => {
    expect(body).toMatchObject({
      max_tokens: 6096,
      thinking: { type: 'enabled', budget_tokens: 2000 },
    })
    expect(dropped).toEqual(['seed'])
    expect(error.code).toBe('upstream_quota_exhausted')
  })

  it('has the headings of every package', () => {
    expect([...readme.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual([
      'Install',
      'Minimal configuration',
      'Options',
      "Differences from the provider's API",
    ])
  })

  it('names every option and every fact', () => {
    const options = members('../src/options.ts', 'interface AnthropicMessagesOptions')
    const facts = members('../src/model-facts.ts', 'interface ModelFacts')

    expect(options.length).toBeGreaterThan(3)
    expect(facts.length).toBeGreaterThan(6)
    for (const name of [...options, ...facts]) expect(readme).toContain(`\`${name}\``)
  })
})
