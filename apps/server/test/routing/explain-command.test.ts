import { createServer, type IncomingHttpHeaders } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { splitCommandLine } from '../../src/command-line.ts'
import { explanationText } from '../../src/commands/explanation-text.ts'
import { runToEnd, startServing, type TestProgramOptions } from '../support/test-program.ts'

const yaml = `
backends:
  first: { type: openai, api_keys: [sk-1, sk-2], base_url: 'http://127.0.0.1:9/v1' }
  second: { type: openai, api_keys: [sk-3], base_url: 'http://127.0.0.1:9/v1' }
default_backend: first
model_aliases: [{ pattern: ^fast$, replacement: 'first:quick?temperature=0.5&wrong=1|second:slow' }]
model_defaults: { quick: { max_output_tokens: 9 } }
`

/** Runs \`explain\` against a gateway with the configuration above. */
async function explain(argv: readonly string[], options: TestProgramOptions = {}) {
  const { url } = await startServing({ files: { 'config/config.yaml': yaml } })
  return runToEnd({ argv: ['explain', '--url', url, ...argv], ...options })
}

describe('jackfield explain', () => {
  it('prints where a model would go, and why', async () => {
    const { code, stdout, stderr } = await explain(['fast'])

    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(
        /^A request for "fast" \(chat, openai-chat, about \d+ tokens\) from local$/,
      ),
      '',
      'Decision',
      '  model says "fast"',
      '  model_aliases[0] makes it "first:quick?temperature=0.5&wrong=1|second:slow"',
      '  plan: first:quick, second:slow',
      '',
      'Goes to',
      '  1. first:quick (forward)',
      '       temperature=0.5 (set)',
      '       max_output_tokens=9 (unless the request says otherwise)',
      '       backends.first.api_keys[0]  ready',
      '       backends.first.api_keys[1]  ready',
      '  2. second:slow (forward)',
      '       backends.second.api_keys[0]  ready',
      '',
      'Ignored',
      expect.stringContaining('Ignored "wrong"'),
      '',
    ])
  })

  it('prints the JSON of the gateway', async () => {
    const { code, stdout } = await explain(['--json', 'second:x'])

    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      model: 'second:x',
      branches: [{ delay_ms: 0, places: [{ backend: 'second', model: 'x' }] }],
    })
  })

  it('shows the legs of a race, what is left out, and what would be refused', async () => {
    const race = await explain(['[handicap=2]first:a!second:b'])
    const short = await explain(['[max_context=1]first:a|second:b'])
    const refused = await explain(['first:a|'])

    expect(race.stdout).toContain('Leg 1 of the race, at once\n  1. first:a (forward)')
    expect(race.stdout).toContain('Leg 2 of the race, after 2000 ms\n  1. second:b (forward)')
    expect(short.stdout).toMatch(/\nLeft out\n {2}first:a {2}The prompt has about/)
    expect(refused.stdout).toMatch(/\nRefused with 400 invalid_request\n {2}model, column 9: There/)
    expect([race.code, short.code, refused.code]).toEqual([0, 0, 1])
  })

  it.each([
    ['/v1/messages', 'anthropic-messages', 'chat'],
    ['/v1/responses', 'openai-responses', 'chat'],
    ['/v1/chat/completions', 'openai-chat', 'chat'],
    ['/v1/completions', 'openai-completions', 'completions'],
    ['/v1/embeddings', 'openai-chat', 'embeddings'],
  ])('makes a small request for %s', async (path, dialect, operation) => {
    const { stdout, stderr } = await explain(['--json', `--path=${path}`, 'first:m'])

    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toMatchObject({ dialect, operation, model: 'first:m' })
  })

  it('finds the model in the paths of Gemini', async () => {
    const path = '/v1beta/models/first:m:generateContent'
    const { stdout } = await explain(['--json', '--path', path])

    expect(JSON.parse(stdout)).toMatchObject({ dialect: 'gemini', model: 'first:m' })
  })

  const request = {
    model: 'second:m',
    max_tokens: 1,
    messages: [{ role: 'user', content: 'Hello' }],
  }

  it.each([
    ['a file', ['--body', 'request.json'], {}],
    ['standard input', ['--body', '-'], { input: JSON.stringify(request) }],
    ['the command line', [`--body= ${JSON.stringify(request)}`], {}],
  ])('takes the body from %s', async (_, argv, options) => {
    const { stdout } = await explain(['--json', '--path', '/v1/messages', ...argv], {
      files: { 'request.json': request },
      ...options,
    })

    expect(JSON.parse(stdout)).toMatchObject({ dialect: 'anthropic-messages', model: 'second:m' })
  })

  it('puts the model of the command line into a body', async () => {
    const body = '{"model":"second:m","messages":[{"role":"user","content":"x"}]}'
    const { stdout } = await explain(['--json', '--body', body, 'first:other'])

    expect(JSON.parse(stdout)).toMatchObject({ model: 'first:other' })
  })
})

describe('what jackfield explain asks', () => {
  it('is the gateway of the configuration, with its first key that may use everything', async () => {
    const asked = await startRecorder()
    const file = `port: ${asked.port}\napi_keys: [{name: ci, key: k-ci, backends: [echo]}, k-all]\n`

    const { code, stderr } = await runToEnd({
      argv: ['explain', 'm'],
      files: { 'config/config.yaml': file },
    })

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(asked.headers['authorization']).toBe('Bearer k-all')
    expect(asked.bodies).toEqual(['{"model":"m"}'])
  })

  it.each([
    [['--key', 'k-flag'], { JACKFIELD_KEY: 'k-variable' }, 'Bearer k-flag'],
    [[], { JACKFIELD_KEY: 'k-variable' }, 'Bearer k-variable'],
    [[], {}, undefined],
  ])('is any other with the key of flag or variable only: %j %j', async (argv, env, header) => {
    const asked = await startRecorder()
    const files = { 'config/config.yaml': 'api_keys: [k-of-the-configuration]\n' }

    await runToEnd({ argv: ['explain', '--url', `${asked.url}/`, ...argv, 'm'], env, files })

    expect(asked.headers['authorization']).toBe(header)
  })

  it('is not printed where it would move a terminal’s cursor', () => {
    const text = explanationText({
      operation: 'chat',
      dialect: 'openai-chat',
      model: 'a\u001b[2Jb',
      principal: 'p\r\u009b',
      decision: ['x\u0007'],
      warnings: [],
      branches: [],
      skipped: [],
      reply: 'two\nlines',
    })

    expect(text).not.toMatch(/(?!\n)\p{Cc}/u)
    expect(text).toContain('two\nlines')
  })
})

describe('jackfield explain fails', () => {
  it.each([
    [['explain'], 64, 'Say which model, as in "jackfield explain gpt-4o"'],
    [['explain', '--path', '/v1/messages'], 64, 'Say which model'],
    [['explain', 'a', 'b'], 64, '"explain" takes one word only. See jackfield --help.'],
    [['explain', '--url'], 64, '--url needs a value: write --url=…. See jackfield --help.'],
    [['explain', '--url', 'ftp://x', 'm'], 64, '--url needs an address such as http://127.0.0.1'],
    [['explain', '--body', 'none.json'], 64, 'The file none.json cannot be read: ENOENT.'],
    [['explain', '--body', '{'], 64, 'The body is no JSON.'],
    [['explain', '--body', '-'], 64, 'The body is no JSON.'],
    [['explain', '--port', '0', 'm'], 64, 'give the address with --url'],
    [['explain', '--prot', '1', 'm'], 78, 'unknown flag --prot'],
    [['explain', '--url=http://127.0.0.1:9', '--prot', '1', 'm'], 78, 'unknown flag --prot'],
    [['serve', '--path', '/x'], 78, 'unknown flag "--path"'],
  ])('where the command line means nothing: %j', async (argv, code, message) => {
    const ended = await runToEnd({ argv })

    expect(ended.stderr).toContain(message)
    expect(ended).toMatchObject({ code, stdout: '' })
  })

  it('where nobody listens, and says how to start', async () => {
    const asked = await startRecorder()
    await asked.close()

    expect(await runToEnd({ argv: ['explain', '--url', asked.url, 'm'] })).toEqual({
      code: 69,
      stdout: '',
      stderr: `No gateway listens at ${asked.url}. Start one with "jackfield serve".\n`,
    })
  })

  it.each([
    [401, '{"error":{"message":"This needs a key."}}', 'This needs a key. Give it with --key, or'],
    [404, '{"error":"Nothing answers POST /x."}', 'Nothing answers POST /x.\n'],
    [200, '<html>', 'is no Jackfield gateway that explains.'],
    [200, '{"models":[]}', 'is no Jackfield gateway that explains.'],
    [404, 'not found', '(404) is no Jackfield gateway that explains.'],
  ])('where the answer is %i %s', async (status, body, message) => {
    const asked = await startRecorder({ status, body })

    const { code, stderr } = await runToEnd({ argv: ['explain', '--url', asked.url, 'm'] })

    expect(stderr).toContain(message)
    expect(code).toBe(1)
  })

  it('where the gateway refuses the key, in its words', async () => {
    const { url } = await startServing({ argv: ['--api-key', 'k'] })

    const { code, stderr } = await runToEnd({ argv: ['explain', '--url', url, 'm'] })

    expect(stderr).toMatch(
      /^This gateway needs a key\..* Give it with --key, or in JACKFIELD_KEY\.$/m,
    )
    expect(code).toBe(1)
  })
})

describe('splitCommandLine', () => {
  const known = [
    { name: '--value', value: 'v', summary: '' },
    { name: '--switch', summary: '' },
  ]

  it.each([
    [['--value', 'a', 'b'], [['--value', 'a']], ['b'], []],
    [['--value=a=b', '--other', 'c'], [['--value', 'a=b']], ['--other', 'c'], []],
    [
      ['--value', '-', '--switch'],
      [
        ['--value', '-'],
        ['--switch', ''],
      ],
      [],
      [],
    ],
    [['--value', '--switch'], [['--switch', '']], [], ['--value']],
    [['x', '--value'], [], ['x'], ['--value']],
    [['--', '--value', 'a'], [], ['--', '--value', 'a'], []],
    [['--value=a', '--value=b'], [['--value', 'b']], [], []],
  ])('%j', (argv, flags, rest, incomplete) => {
    const split = splitCommandLine(argv, known)

    expect({ ...split, flags: [...split.flags] }).toEqual({ flags, rest, incomplete })
  })
})

/** A server that is no gateway but notes what it is asked. It is closed with the test. */
async function startRecorder(answer: { readonly status?: number; readonly body?: string } = {}) {
  const bodies: string[] = []
  let headers: IncomingHttpHeaders = {}
  const explanation = { decision: [], warnings: [], branches: [], skipped: [] }
  const server = createServer(async (request, response) => {
    headers = request.headers
    bodies.push((await request.toArray()).join(''))
    response.writeHead(answer.status ?? 200, { connection: 'close' })
    response.end(answer.body ?? JSON.stringify(explanation))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()))
  onTestFinished(close)
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    bodies,
    get headers() {
      return headers
    },
    close,
  }
}
