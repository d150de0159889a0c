import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { answer, body, dropped } from './readme-example.ts'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

const readme = read('../README.md')

describe('the README', () => {
  it('shows the example that runs here', () => {
    const example = read('readme-example.ts').replace(
      "'../src/index.ts'",
      "'@jackfield/dialect-gemini'",
    )

    expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``)
  })

  it('says what the example does', () => {
    expect(body).toMatchObject({
      generationConfig: {
        thinkingConfig: { thinkingBudget: 8000 },
        responseSchema: { properties: { a: { enum: ['x'] } } },
      },
    })
    expect(dropped).toEqual(['verbosity'])
    expect(answer.content.map(({ type }) => type)).toEqual(['reasoning', 'text'])
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
    const options = read('../src/options.ts').split('export interface Variant')[0] ?? ''
    const facts = read('../src/model-facts.ts').split('export interface ModelFacts')[1] ?? ''
    const names = [
      ...options.matchAll(/^ {2}readonly (\w+)\?:/gm),
      ...facts.matchAll(/^ {2}readonly (\w+)\??:/gm),
    ].map(([, name]) => name ?? '')

    expect(names.length).toBe(10)
    for (const name of names) expect(readme).toContain(`\`${name}\``)
  })
})
