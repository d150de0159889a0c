import { readFileSync } from 'node:fs'
import type { CallInput, ChatRequest } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import * as kit from '../src/index.ts'
import { encodeTools, readHead } from './readme-example.ts'
import { bytes } from './support/pieces.ts'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

const readme = read('../README.md')

const request: ChatRequest = {
  model: 'm',
  messages: [],
  stream: false,
  includeUsage: false,
  tools: [{ type: 'function', name: 'Read/File' }],
}

const head = (body: string) => readHead({ body: bytes(body) } as unknown as CallInput)

describe('the README', () => {
  it('shows the example that runs here', () => {
    const example = read('readme-example.ts').replace(
      "'../src/index.ts'",
      "'@jackfield/dialect-kit'",
    )

    expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``)
  })

  it('says what the example does', () => {
    const { body, changes } = encodeTools(request)
    const [name = ''] = body.tools.map((tool) => tool.name)

    expect(name).toMatch(/^_ead__ile_[0-9a-f]{10}$/)
    expect(changes?.toolNames.get(name)).toBe('Read/File')
    expect(head('{"model":"m","dialogue":[],"live":true}')).toMatchObject({
      model: 'm',
      stream: true,
    })
    expect(() => head('{"model":"m"}')).toThrow('`dialogue` is missing')
  })

  it('has the headings of every package', () => {
    expect([...readme.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual([
      'Install',
      'Minimal configuration',
      'Options',
      "Differences from the provider's API",
    ])
  })

  it('names every piece', () => {
    const unnamed = Object.keys(kit).filter(
      (name) => !readme.includes(`\`${name}\``) && !/^optional[A-Z]/.test(name),
    )

    expect(unnamed).toEqual([])
  })
})
