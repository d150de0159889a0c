import { readFileSync } from 'node:fs'
import { createGateway } from '@jackfield/core'
import { type FakeServer, reply, startFakeServer } from '@jackfield/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { apiKeysOption, baseUrlOption, httpOptions } from '../src/index.ts'
import acme from './examples/acme.ts'

const textOf = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

describe('the README', () => {
  let server: FakeServer
  beforeEach(async () => {
    server = await startFakeServer(reply(200, { data: [{ id: 'm' }] }))
  })
  afterEach(() => server.close())

  it('shows the example that runs here', () => {
    expect(textOf('../README.md')).toContain(textOf('examples/acme.ts'))
  })

  it('describes every option', () => {
    const names = Object.keys({
      ...httpOptions,
      base_url: baseUrlOption(),
      api_keys: apiKeysOption('optional'),
    })

    expect(names.filter((name) => !textOf('../README.md').includes(`\`${name}\``))).toEqual([])
  })

  it('has an example that works', async () => {
    const options = { base_url: server.url, api_keys: ['sk-1'] }
    const gateway = await createGateway({
      config: { backends: [{ name: 'acme', plugin: acme, options }] },
    })

    const models = await gateway.models({ id: 'local', name: 'local' })
    await gateway.close({ graceMs: 0 })

    expect(models.map(({ id }) => id)).toEqual(['m'])
    expect(server.requests[0]).toMatchObject({
      path: '/v1/models',
      headers: { 'x-acme-key': 'sk-1' },
    })
  })
})
