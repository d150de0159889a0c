import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { isOwnHost } from '../src/host-guard.ts'
import { runToEnd, startServing } from './support/test-program.ts'

describe('isOwnHost', () => {
  it.each([
    'localhost',
    'localhost:8000',
    'LocalHost:1',
    'localhost.',
    'localhost.:8000',
    'gateway.localhost:8000',
    '127.0.0.1',
    '127.0.0.1:8000',
    '127.8.9.10',
    '[::1]',
    '[::1]:8000',
    '[0:0:0:0:0:0:0:1]:80',
  ])('takes %s', (host) => {
    expect(isOwnHost(host, [])).toBe(true)
  })

  it.each([
    undefined,
    '',
    ':8000',
    'evil.example',
    'evil.example:8000',
    'localhost.evil.example',
    'notlocalhost',
    'evil-localhost',
    '127.0.0.1.evil.example',
    '127.0.0.1@evil.example',
    '0.0.0.0:8000',
    '10.0.0.1',
    '128.0.0.1',
    '[::]',
    '[::2]:8000',
    '::1',
    'localhost:evil',
    'localhost:8000:8000',
    '[::1].evil.example',
  ])('refuses %s', (host) => {
    expect(isOwnHost(host, [])).toBe(false)
  })

  it.each([
    ['gateway.lan', 'gateway.lan:8000'],
    ['gateway.lan', 'GATEWAY.LAN'],
    ['Gateway.LAN', 'gateway.lan.'],
    ['10.0.0.7', '10.0.0.7:8000'],
    ['[FD00::1]', '[fd00::1]:8000'],
  ])('takes, where %s is allowed, %s', (entry, host) => {
    expect(isOwnHost(host, [entry])).toBe(true)
    expect(isOwnHost('evil.example', [entry])).toBe(false)
    expect(isOwnHost(`sub.${host}`, [entry])).toBe(false)
  })
})

interface Answer {
  readonly status: number
  readonly body: unknown
}

/** Sends a request with this `Host`, or with several. */
function ask(
  url: string,
  path: string,
  options: { readonly host: string; readonly method?: string; readonly body?: string },
): Promise<Answer> {
  const { host, method = 'GET', body } = options
  const headers = { host, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, { method, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }),
      )
    })
    sent.on('error', reject).end(body)
  })
}

const message = expect.stringMatching(
  /"Host" header .* Use 127\.0\.0\.1 or localhost, or add the name to allowed_hosts/,
)
const chat = JSON.stringify({ model: 'echo', messages: [{ role: 'user', content: 'Hello' }] })

describe('a gateway on the loopback interface', () => {
  it.each([
    ['POST', '/v1/chat/completions', chat],
    ['GET', '/v1/models', undefined],
    ['GET', '/v1/nothing', undefined],
    ['DELETE', '/v1/models', undefined],
  ])('refuses a foreign host at %s %s with a nested error', async (method, path, body) => {
    const { url } = await startServing()

    const answer = await ask(url, path, {
      host: 'evil.example',
      method,
      ...(body === undefined ? {} : { body }),
    })

    expect(answer).toEqual({
      status: 403,
      body: { error: expect.objectContaining({ message, code: 'permission_denied' }) },
    })
  })

  it.each([
    ['POST', '/chat/completions', chat],
    ['GET', '/models', undefined],
    ['GET', '/health', undefined],
    ['GET', '/', undefined],
    ['PROPFIND', '/anything', undefined],
  ])('refuses a foreign host at %s %s with a text', async (method, path, body) => {
    const { url } = await startServing()

    const answer = await ask(url, path, {
      host: 'evil.example',
      method,
      ...(body === undefined ? {} : { body }),
    })

    expect(answer).toEqual({ status: 403, body: { error: message } })
  })

  it('keeps to the form of errors that the operator chose', async () => {
    const { url } = await startServing({
      files: { 'config/config.yaml': 'error_shape: string\n' },
    })

    expect(await ask(url, '/v1/models', { host: 'evil.example' })).toEqual({
      status: 403,
      body: { error: message },
    })
  })

  it('answers to its own names and to those that are allowed', async () => {
    const { url } = await startServing({
      files: { 'config/config.yaml': 'allowed_hosts: [gateway.lan]\n' },
    })
    const { port } = new URL(url)

    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, 'Gateway.Lan']) {
      expect(await ask(url, '/v1/models', { host })).toMatchObject({ status: 200 })
    }
  })

  it('lets no call of a foreign host through to a backend', async () => {
    const serving = await startServing()

    await ask(serving.url, '/v1/chat/completions', {
      host: 'evil.example',
      method: 'POST',
      body: chat,
    })
    serving.signal('SIGTERM')
    await serving.ended

    expect(serving.printed()).not.toContain('"msg":"call"')
  })
})

describe('a gateway on other interfaces', () => {
  it('does not start without client keys', async () => {
    const { code, stdout, stderr } = await runToEnd({ argv: ['--host', '0.0.0.0', '--port', '0'] })

    expect(code).toBe(78)
    expect(stdout).toBe('')
    expect(stderr).toBe(
      'The configuration has a problem:\n  flag --host  host  other machines could use your accounts without any key  → set api_keys, listen on 127.0.0.1, or set allow_unauthenticated_remote: true\n',
    )
  })

  it('answers to every name, with keys or when told so in so many words', async () => {
    for (const flags of [['--api-key', 'k'], ['--allow-unauthenticated-remote']]) {
      const { url } = await startServing({ argv: ['--host', '0.0.0.0', ...flags] })

      expect(await ask(url, '/health', { host: 'gateway.example' })).toMatchObject({ status: 200 })
    }
  })
})
