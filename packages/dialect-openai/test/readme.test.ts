import { readFileSync } from 'node:fs'
import { GatewayError } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { openaiChat } from '../src/index.ts'
import { answer, body, dropped } from './readme-example.ts'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

const readme = read('../README.md')

describe('the README', () => {
  it('shows the example that runs here', () => {
    const example = read('readme-example.ts').replace(
      "'../src/index.ts'",
      "'@jackfield/dialect-openai'",
    )

    expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``)
  })

  it('says what the example does', () => {
    expect(body).toMatchObject({
      max_tokens: 100,
      enable_thinking: true,
      stream_options: { include_usage: true },
    })
    expect(dropped).toEqual(['top_k'])
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

  it('names every option', () => {
    const options = read('../src/options.ts').split('export interface Variant')[0] ?? ''
    const names = [...options.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name]) => name ?? '')

    expect(names.length).toBeGreaterThan(10)
    for (const name of names) expect(readme).toContain(name)
  })

  it('names every option of Responses', () => {
    const options = read('../src/responses/options.ts').split('export interface Responses')[0] ?? ''
    const names = [...options.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name]) => name ?? '')

    expect(names.length).toBeGreaterThan(5)
    for (const name of names) expect(readme).toContain(`\`${name}`)
  })

  it('tells how a broken stream ends', () => {
    const text = openaiChat.tap('sse').interrupt(new GatewayError('internal', 'x'))

    expect(Buffer.from(text).toString()).not.toContain('[DONE]')
  })
})
