import { Agent, request } from 'node:http'
import { createConnection } from 'node:net'
import { type OpenAIChatFake, startOpenAIChatFake } from '@jackfield/testkit'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { chat, root, startServer } from './start-process.ts'

vi.setConfig({ testTimeout: 30_000 })

/** A provider whose streams stop after their first words until the gate `rest` is opened. */
async function startFake(): Promise<OpenAIChatFake> {
  const fake = await startOpenAIChatFake({
    keys: { key: 'ok' },
    play: (steps) => [...steps.slice(0, 4), { do: 'gate', name: 'rest' }, ...steps.slice(4)],
  })
  onTestFinished(() => fake.close())
  return fake
}

function environment(fake: OpenAIChatFake): Readonly<Record<string, string>> {
  return { OPENAI_API_KEY: 'key', OPENAI_API_BASE_URL: fake.baseUrl }
}

const refused = { code: 'ECONNREFUSED' }

/** Opens a connection and closes it again. */
function connect(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const socket = createConnection(Number(port), hostname)
    socket.on('error', reject).on('connect', () => {
      socket.destroy()
      resolve()
    })
  })
}

/** A stream that has begun, and the rest of it. */
async function openStream(url: string): Promise<{ readonly rest: () => Promise<string> }> {
  const answer = await chat(url, { model: 'fake-chat', stream: true })
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  if (reader === undefined) throw new Error('no body')
  const begun = await reader.read()
  return {
    async rest() {
      let text = begun.value ?? ''
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return text
        text += value
      }
    },
  }
}

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  it('lets an open stream finish, takes no more connections, and ends with 0', async () => {
    const fake = await startFake()
    const server = await startServer({ env: environment(fake) })
    const stream = await openStream(server.url)

    server.kill(signal)
    const stopping = await server.line(({ msg }) => msg.startsWith('stopping'))
    await vi.waitFor(() => expect(connect(server.url)).rejects.toMatchObject(refused))
    fake.server.gate('rest').open()

    expect(stopping).toMatchObject({ signal, openCalls: 1 })
    expect(await stream.rest()).toMatch(/"finish_reason":"stop"[\s\S]*data: \[DONE\]\n\n$/)
    expect(await server.exited).toEqual({ code: 0, signal: null })
    expect(server.log().at(-1)).toMatchObject({ msg: 'call', status: 200, finishReason: 'stop' })
    expect(server.errors()).toBe('')
  })

  it('ends an idle gateway at once, whatever connections clients keep', async () => {
    const server = await startServer()
    const agent = new Agent({ keepAlive: true })
    onTestFinished(() => agent.destroy())
    await new Promise<void>((resolve, reject) => {
      request(`${server.url}/health`, { agent }, (response) => response.resume().on('end', resolve))
        .on('error', reject)
        .end()
    })

    const begin = performance.now()
    server.kill(signal)
    const exit = await server.exited

    expect(exit).toEqual({ code: 0, signal: null })
    expect(performance.now() - begin).toBeLessThan(2_000)
  })

  it('ends at once when it comes a second time', async () => {
    const fake = await startFake()
    const server = await startServer({ env: environment(fake) })
    const stream = await openStream(server.url)

    server.kill(signal)
    await server.line(({ msg }) => msg.startsWith('stopping'))
    server.kill(signal)

    await expect(stream.rest()).rejects.toThrow()
    expect(await server.exited).toEqual({ code: signal === 'SIGINT' ? 130 : 143, signal: null })
  })
})

describe('a stream that outlasts the grace', () => {
  it('ends with an error event, and the provider is left', async () => {
    const fake = await startFake()
    const server = await startServer({
      env: { ...environment(fake), JACKFIELD_SHUTDOWN_GRACE: '200ms' },
    })
    const stream = await openStream(server.url)

    server.kill('SIGTERM')
    const text = await stream.rest()

    expect(text).toMatch(/data: \{"error":\{"message":"[^"]*shutting down[^"]*",[^\n]*\n\n/)
    expect(text).not.toContain('[DONE]')
    expect(await server.exited).toEqual({ code: 0, signal: null })
    const [asked] = fake.server.requests
    if (asked === undefined) throw new Error('the provider was not asked')
    await fake.server.waitForAbort(asked)
  })
})

describe('npm start', () => {
  it('passes the signal on', async () => {
    const server = await startServer({
      // Without the bootstrap before it, which would install packages while other tests run.
      command: ['npm', 'start', '--ignore-scripts', '--silent', '--'],
      cwd: root,
      env: { HOME: process.env['HOME'] ?? '', npm_config_update_notifier: 'false' },
    })

    server.kill('SIGTERM')
    const stopping = await server.line(({ msg }) => msg.startsWith('stopping'))

    expect(stopping).toMatchObject({ signal: 'SIGTERM' })
    expect((await server.exited).code).toBe(0)
    await expect(fetch(`${server.url}/health`)).rejects.toThrow()
  })
})
