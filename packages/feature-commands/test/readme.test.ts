import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { start } from './readme-example.ts'
import { inputOf, spoken } from './support/dialects.ts'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

const readme = read('../README.md')

describe('the README', () => {
  it('shows the example that runs here', async () => {
    const example = read('readme-example.ts').replace(
      "'../src/index.ts'",
      "'@jackfield/feature-commands'",
    )
    expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``)

    const [own] = spoken
    if (own === undefined) throw new Error('a protocol is needed')
    const body = Buffer.from(JSON.stringify(own.bodyOf([{ by: 'user', content: '!/hello' }])))
    const gateway = await start({ backends: [] })
    expect((await gateway.explain(inputOf(own, body))).reply).toContain('Backends: none.')
    await gateway.close({ graceMs: 0 })
  })

  it('names every option', () => {
    const members = read('../src/options.ts').matchAll(/^ {2}readonly (\w+)\?:/gm)
    const names = [...members].map(([, name]) => `| \`${name}\` |`)

    expect(names.length).toBeGreaterThan(3)
    expect(names.filter((name) => !readme.includes(name))).toEqual([])
  })

  it('has the headings of every package', () => {
    expect([...readme.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual([
      'Install',
      'Minimal configuration',
      'Options',
      'Differences from other text',
    ])
  })
})
