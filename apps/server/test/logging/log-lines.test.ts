import { readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { type KeyBehaviour, startOpenAIChatFake } from '@jackfield/testkit'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { chat, type LogLine } from '../process/start-process.ts'
import { type ServingProgram, startServing } from '../support/test-program.ts'

const page = readFileSync(new URL('../../../../docs/reference/log.md', import.meta.url), 'utf8')

/** What every line has. */
const common = ['level', 'time', 'pid', 'hostname', 'msg']

/** Names in backticks in one column of the rows of a table. */
function named(rows: readonly string[], column: number): readonly string[] {
  return rows.flatMap((row) =>
    [...(row.split(' | ')[column] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  )
}

const [, callSection = '', otherSection = ''] = page.split('\n## ')
const rowsOf = (section: string) => section.split('\n').filter((line) => line.startsWith('| `'))
const callFields = named(rowsOf(callSection), 0)
const others = new Map(
  rowsOf(otherSection).map((row) => [named([row], 0)[0] ?? '', named([row], 2)] as const),
)

function linesOf(serving: ServingProgram): readonly LogLine[] {
  return serving
    .printed()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

async function stop(serving: ServingProgram): Promise<readonly LogLine[]> {
  serving.signal('SIGTERM')
  await serving.ended
  return linesOf(serving)
}

/** Fails if a line has a field that the reference does not know for its message. */
function expectDocumented(lines: readonly LogLine[]): void {
  for (const line of lines) {
    const fields = line.msg === 'call' ? callFields : others.get(line.msg)
    expect(fields, `the reference does not know "${line.msg}"`).toBeDefined()
    const unknown = Object.keys(line).filter(
      (name) => ![...common, ...(fields ?? [])].includes(name),
    )
    expect({ msg: line.msg, unknown }).toEqual({ msg: line.msg, unknown: [] })
  }
}

/** The messages that the sources of a package log. */
function messagesIn(folder: string): readonly string[] {
  const path = new URL(`../../../../${folder}/src/`, import.meta.url)
  const call = /\blog(?:\[\w+\]|\.(?:debug|info|warn|error|fatal))\([^;]*?'([^']+)',?\s*\)/g
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [...readFileSync(new URL(name, path), 'utf8').matchAll(call)])
    .map(([, message = '']) => message)
}

describe('the reference of the log', () => {
  it('knows every message', () => {
    const backends = ['packages/kit', 'packages/backend-hybrid']
    const folders = ['apps/server', 'packages/core', 'packages/gateway', ...backends]
    const messages = folders.flatMap(messagesIn)

    expect(messages).toContain('target changed')
    expect(messages.filter((message) => message !== 'call' && !others.has(message))).toEqual([])
    expect([...others.keys()].filter((message) => !messages.includes(message))).toEqual([])
  })
})

describe('the log', () => {
  it('has one line per call, whatever became of it, and says what the reference says', async () => {
    const fake = await startOpenAIChatFake({
      keys: { good: 'ok', limited: { status: 429, retryAfter: 60 } },
    })
    onTestFinished(() => fake.close())
    const serving = await startServing({
      argv: ['--log-level', 'trace'],
      files: {
        'config/config.yaml': [
          'api_keys: [{ name: alice, key: client-key }]',
          'backends:',
          `  openai: { base_url: '${fake.baseUrl}', api_keys: [limited, good] }`,
          '  echo: {}',
          'default_backend: openai',
        ].join('\n'),
      },
    })
    const headers = { 'x-api-key': 'client-key' }
    const { url } = serving

    await (await chat(url, { model: 'fake-chat', headers })).text()
    await (await chat(url, { model: 'fake-chat', stream: true, headers })).text()
    await (await chat(url, { model: 'echo:x', headers })).text()
    await (await chat(url, { model: 'fake-chat' })).text()
    await (await chat(url, { model: 'unknown-model', headers })).text()
    await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body: '{' })
    const lines = await stop(serving)

    const calls = lines.filter(({ msg }) => msg === 'call')
    expect(calls.map(({ status, code, principal }) => ({ status, code, principal }))).toEqual([
      { status: 200, principal: 'alice' },
      { status: 200, principal: 'alice' },
      { status: 200, principal: 'alice' },
      { status: 401, code: 'unauthenticated', principal: '' },
      { status: 404, code: expect.any(String), principal: 'alice' },
      { status: 400, code: 'invalid_request', principal: expect.any(String) },
    ])
    expect(new Set(calls.map(({ callId }) => callId)).size).toBe(6)
    expect(calls[0]).toMatchObject({
      operation: 'chat',
      dialect: 'openai-chat',
      path: '/v1/chat/completions',
      model: 'fake-chat',
      stream: false,
      backend: 'openai',
      upstreamModel: 'fake-chat',
      way: 'forward',
      attempts: 2,
      durationMs: expect.any(Number),
      finishReason: 'stop',
      usage: { source: 'provider', inputTokens: expect.any(Number) },
      totalUsage: { source: expect.any(String) },
    })
    expect(calls[1]).toMatchObject({ stream: true, attempts: 1, ttftMs: expect.any(Number) })
    expectDocumented(lines)
    const written = new Set(calls.flatMap((line) => Object.keys(line)))
    const missing = callFields.filter((field) => !written.has(field))
    expect(missing).toEqual(['annotations'])
    expect(new Set(lines.map(({ msg }) => msg))).toEqual(
      new Set([
        'listening',
        'decision',
        'attempt failed',
        'target changed',
        'call',
        'stopping; a second signal stops at once',
      ]),
    )
  })

  it('repeats no more of a text of the client’s than helps', async () => {
    const serving = await startServing()

    await (await chat(serving.url, { model: 'm'.repeat(100_000) })).text()
    const lines = await stop(serving)

    const call = lines.find(({ msg }) => msg === 'call')
    expect(call?.['model']).toBe(`${'m'.repeat(200)}…`)
  })
})

const key = fc.stringMatching(/^[A-Za-z0-9_-]{12,40}$/)
const behaviour: fc.Arbitrary<(key: string) => KeyBehaviour> = fc.constantFrom(
  () => 'ok' as const,
  (text: string) => ({ status: 401, message: `Incorrect API key provided: ${text}.` }),
  (text: string) => ({ status: 429, message: `Slow down, ${text}`, retryAfter: 1 }),
  (text: string) => ({ status: 400, message: `Bad header: authorization: Bearer ${text}` }),
  (text: string) => ({ status: 500, message: `Traceback: key=${text}` }),
)

describe('no line of the log', () => {
  it('holds a key, a prompt or a header, whatever the provider says', {
    timeout: 60_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ client: key, provider: key, second: key, prompt: key, header: key }),
        behaviour,
        async (secrets, treat) => {
          const { client, provider, second, prompt, header } = secrets
          fc.pre(new Set(Object.values(secrets)).size === 5)
          const fake = await startOpenAIChatFake({
            keys: { [provider]: treat(provider), [second]: treat(second) },
          })
          const serving = await startServing({
            argv: ['--log-level', 'trace', `--api-key=${client}`],
            env: {
              OPENAI_API_KEY: provider,
              OPENAI_API_KEY_1: second,
              OPENAI_API_BASE_URL: fake.baseUrl,
              JACKFIELD_MAX_WAIT: '1ms',
              JACKFIELD_MAX_TRIES: '2',
            },
          })
          const headers = { 'x-api-key': client, 'x-own': header, cookie: `a=${header}` }
          const ask = { model: 'fake-chat', content: `say ${prompt}`, headers }

          for (const stream of [false, true])
            await (await chat(serving.url, { ...ask, stream })).text()
          await (await chat(serving.url, { ...ask, headers: { 'x-api-key': header } })).text()
          await sendBroken(serving.url, { ...headers, 'x-more': header }, prompt)
          const lines = await stop(serving)
          await fake.close()

          expect(lines.filter(({ msg }) => msg === 'call')).toHaveLength(4)
          for (const secret of Object.values(secrets)) {
            expect(serving.printed()).not.toContain(secret)
          }
          expectDocumented(lines)
        },
      ),
      { numRuns: 25 },
    )
  })
})

/** A body that is no JSON. */
function sendBroken(
  url: string,
  headers: Readonly<Record<string, string>>,
  prompt: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    request(`${url}/v1/chat/completions?key=${prompt}`, { method: 'POST', headers }, (response) => {
      response.resume().on('end', resolve)
    })
      .on('error', reject)
      .end(`{"model": "fake-chat", "messages": [${prompt}`)
  })
}
