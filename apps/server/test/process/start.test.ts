import { createServer } from 'node:net'
import { startInternLMFake } from '@jackfield/testkit'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { chat, runToEnd, startProcess, startServer, textOf } from './start-process.ts'

vi.setConfig({ testTimeout: 30_000 })

describe('a start without anything', () => {
  it('answers with echo, writes nothing but its log, and says nothing on standard error', async () => {
    const server = await startServer()

    const answer = await chat(server.url, { model: 'anything' })
    const lists = await fetch(`${server.url}/v1/models`)
    server.kill('SIGTERM')
    await server.exited

    expect(answer.status).toBe(200)
    expect(await textOf(answer)).toContain('you said: Hello')
    expect(await lists.json()).toMatchObject({ data: [{ id: 'echo', owned_by: 'echo' }] })
    expect(server.log().map(({ msg }) => msg)).toEqual([
      'listening',
      'call',
      'stopping; a second signal stops at once',
    ])
    expect(server.errors()).toBe('')
  })

  it('enables the backends whose keys are set, and rotates them', async () => {
    const fake = await startInternLMFake({ keys: { 'key-a': 'ok', 'key-b': 'ok' } })
    onTestFinished(() => fake.close())
    const server = await startServer({
      env: {
        INTERNAI_API_KEY: 'key-a',
        INTERNAI_API_KEY_1: 'key-b',
        INTERNAI_API_BASE_URL: fake.baseUrl,
      },
    })

    const statuses = []
    for (let call = 0; call < 4; call += 1) {
      const answer = await chat(server.url, { model: 'internlm2.5-latest' })
      statuses.push(answer.status)
    }

    expect(statuses).toEqual([200, 200, 200, 200])
    expect(fake.keysUsed()).toEqual(['key-a', 'key-b', 'key-a', 'key-b'])
    expect((await server.line(({ msg }) => msg === 'listening'))['backends']).toEqual([
      'internlm',
      'hybrid',
    ])
  })
})

describe('a pretty log on a pipe', () => {
  it('is written for people, without banner and colours', async () => {
    const server = startProcess({ args: ['--port', '0', '--log-format', 'pretty'] })

    const line = await server.output((text) => text.includes('listening'))
    server.kill('SIGINT')
    const { code } = await server.exited

    expect(line).toMatch(/^\[\d\d:\d\d:\d\d\] INFO: listening {2}url=http/)
    expect(server.lines).toHaveLength(2)
    expect(server.errors()).toBe('')
    expect(code).toBe(0)
  })
})

describe('a log that nobody reads any more', () => {
  it('is no reason to fail calls', async () => {
    const server = await startServer()
    server.child.stdout.destroy()

    const statuses = []
    for (let call = 0; call < 5; call += 1) statuses.push((await chat(server.url)).status)
    server.kill('SIGTERM')

    expect(statuses).toEqual([200, 200, 200, 200, 200])
    expect((await server.exited).code).toBe(0)
    expect(server.errors()).toBe('')
  })
})

describe('a port that is in use', () => {
  it('ends the start with 1 and advice', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void other.close())
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0

    const { code, stdout, stderr } = await runToEnd({ args: ['--port', String(port)] })

    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toBe(
      `Cannot listen on 127.0.0.1 port ${port}: another program uses it. Stop that program, or choose another port with --port.\n`,
    )
  })
})
