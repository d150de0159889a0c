import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { backendManifest, temporaryFolder } from '../temporary-packages.ts'
import { chat, type RunningServer, root, startServer } from './start-process.ts'

vi.setConfig({ testTimeout: 30_000 })

const packageName = 'jackfield-backend-faulty'
const clientKey = 'sk-client-0123456789'

/** A backend whose code goes wrong in the way that the user asks for. */
const faulty = `
import { fixedTargets } from '@jackfield/core'

process.on('SIGUSR2', () => {
  throw new Error('nobody can be blamed for this')
})

const plans = {
  throw: () => setTimeout(() => { throw new Error('thrown in a timer, with ${clientKey}') }, 0),
  reject: () => void Promise.reject(new Error('rejected where nobody waits')),
  nothing: () => void Promise.reject(undefined),
  hang: () => {},
}

const sayings = (text) => [
  { type: 'text-start', id: '1' },
  { type: 'text-delta', id: '1', text },
]

export default {
  apiVersion: 1,
  type: 'faulty',
  options: { type: 'object', additionalProperties: false, properties: {} },
  create: (options, { name }) => ({
    operations: new Set(['chat']),
    targets: fixedTargets([{ id: 'faulty-' + name, name: 'local', weight: 1, stateScope: name }], {
      strategy: 'round-robin',
      affinity: 'none',
    }),
    handling: () => ({ way: 'virtual' }),
    async *chat(request, { signal }) {
      const [first, second] = request.messages.at(-1).content[0].text.split(' after ')
      if (second !== undefined) yield sayings(second)
      if (plans[first] === undefined) {
        yield [...sayings(first), { type: 'text-end', id: '1' }, { type: 'finish', reason: 'stop' }]
        return
      }
      plans[first]()
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
    },
  }),
}
`

/** Starts a gateway with the faulty backend, which its configuration names in full, beside echo. */
async function startFaulty(): Promise<RunningServer> {
  const cwd = temporaryFolder({
    'package.json': { name: 'operator', private: true, dependencies: { [packageName]: '2.1.0' } },
    [`node_modules/${packageName}/package.json`]: backendManifest(packageName, {
      type: 'faulty',
      auth: 'none',
    }),
    [`node_modules/${packageName}/index.js`]: faulty,
    'config/config.yaml': `api_keys: [${clientKey}]\nbackends:\n  weak: { type: ${packageName} }\n  echo: {}\n`,
  })
  mkdirSync(join(cwd, 'node_modules/@jackfield'))
  symlinkSync(join(root, 'packages/core'), join(cwd, 'node_modules/@jackfield/core'))
  return await startServer({ cwd })
}

const headers = { authorization: `Bearer ${clientKey}` }

function ask(server: RunningServer, content: string, stream = false): Promise<Response> {
  return chat(server.url, { model: 'weak:any', content, stream, headers })
}

/** The state of a backend in the health document. */
async function stateOf(server: RunningServer, backend: string): Promise<unknown> {
  const answer = await fetch(`${server.url}/health`, { headers })
  const { backends }: { readonly backends: readonly { readonly name: string; state: string }[] } =
    JSON.parse(await answer.text())
  return backends.find(({ name }) => name === backend)?.state
}

/** A stream that has begun. */
async function begin(answer: Promise<Response>) {
  const reader = (await answer).body?.pipeThrough(new TextDecoderStream()).getReader()
  if (reader === undefined) throw new Error('no body')
  let text = ''
  const readOn = async (isEnough: () => boolean) => {
    while (!isEnough()) {
      const { done, value } = await reader.read()
      if (done) break
      text += value
    }
    return text
  }
  await readOn(() => text.includes('"content"'))
  return { rest: () => readOn(() => false) }
}

describe('an error of a backend that nobody caught', () => {
  it.each(['throw', 'reject', 'nothing'])(
    'fails its own call, is named, and leaves the others alone: %s',
    async (plan) => {
      const server = await startFaulty()
      const other = await begin(ask(server, 'hang after a while', true))

      const answer = await ask(server, plan)

      expect(answer.status).toBe(502)
      expect(await answer.json()).toMatchObject({
        error: {
          message: 'The backend "weak" failed unexpectedly. The log has the details.',
          code: 'upstream_error',
        },
      })
      const fault = await server.line(({ msg }) => msg === 'backend failed unexpectedly')
      const call = await server.line(({ msg }) => msg === 'call')
      expect(fault).toMatchObject({ level: 50, backend: 'weak', callId: call['callId'] })
      expect(await stateOf(server, 'weak')).toBe('faulty')
      expect((await chat(server.url, { headers })).status).toBe(200)

      server.kill('SIGTERM')
      expect(await server.line(({ msg }) => msg.startsWith('stopping'))).toMatchObject({
        openCalls: 1,
      })
      server.kill('SIGTERM')
      expect(await other.rest().catch((error: unknown) => error)).toBeInstanceOf(Error)
    },
  )

  it('is told inside a stream that has begun, and forgotten when the backend works again', async () => {
    const server = await startFaulty()

    const broken = await begin(ask(server, 'throw after some words', true))
    const text = await broken.rest()
    const state = await stateOf(server, 'weak')
    const good = await ask(server, 'fine')

    expect(text).toContain('some words')
    expect(text).toMatch(/data: \{"error":\{"message":"The backend \\"weak\\" failed unexpectedly/)
    expect(text).not.toContain('[DONE]')
    expect(state).toBe('faulty')
    expect(good.status).toBe(200)
    expect(await stateOf(server, 'weak')).toBe('ready')
  })

  it('shows no key in the log', async () => {
    const server = await startFaulty()

    await ask(server, 'throw')
    const { err } = await server.line(({ msg }) => msg === 'backend failed unexpectedly')

    expect(err).toMatchObject({ type: 'Error', message: 'thrown in a timer, with [redacted]' })
    expect(server.lines.join('\n')).not.toContain(clientKey)
  })
})

describe('an error that nobody can be blamed for', () => {
  it('lets open calls finish, then ends the process with 1', async () => {
    const server = await startFaulty()
    const open = await begin(chat(server.url, { headers, stream: true }))

    server.kill('SIGUSR2')
    const line = await server.line(({ msg }) => msg.startsWith('unexpected error'))

    expect(line).toMatchObject({ level: 60, err: { message: 'nobody can be blamed for this' } })
    expect(await open.rest()).toContain('data: [DONE]')
    expect(await server.exited).toEqual({ code: 1, signal: null })
    expect(server.errors()).toBe('')
  })
})
