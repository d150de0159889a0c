import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { startInternLMFake, startOpenAIChatFake } from '@jackfield/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startServing, type TestProgramOptions } from './support/test-program.ts'

const run = promisify(execFile)

async function bannerOf(options: TestProgramOptions) {
  const serving = await startServing({ isTerminal: true, ...options })
  const banner = await serving.output((text) => text.includes('Paste'))
  return { banner, url: serving.url, printed: serving.printed }
}

/** The lines below "Paste into another terminal". */
function linesToPaste(banner: string): readonly string[] {
  const [, below = ''] = banner.split('terminal:\n')
  return below.split('\n').flatMap((line) => (line.startsWith('  ') ? line.slice(2) : []))
}

/** Runs lines in a shell, as somebody who pastes them, and what they write. */
async function paste(lines: readonly string[], typed = ''): Promise<string> {
  const script = lines.map((line) => line.replace(/^curl /, 'curl -sS --fail-with-body '))
  const child = run('bash', ['-euo', 'pipefail', '-c', script.join('\n')])
  child.child.stdin?.end(typed)
  return (await child).stdout
}

describe('the banner', () => {
  it('tells the address, the backend that answers, and what the others need', async () => {
    const { banner, url } = await bannerOf({})

    expect(banner.split('\n').slice(0, 11)).toEqual([
      '',
      `Jackfield 1.2.3 listens on ${url}`,
      '',
      '  echo (default)     needs no key',
      '  hybrid             needs no key',
      '  anthropic          not enabled, needs ANTHROPIC_API_KEY',
      '  gemini             not enabled, needs GEMINI_API_KEY',
      '  internlm           not enabled, needs INTERNAI_API_KEY',
      '  openai             not enabled, needs OPENAI_API_KEY',
      '  openai-compatible  not enabled, needs an entry in the configuration',
      '',
    ])
  })

  it('tells where each key came from, and never the key', async () => {
    const fake = await startInternLMFake({ keys: { 'sk-secret-1': 'ok', 'sk-secret-2': 'ok' } })
    onTestFinished(() => fake.close())
    const { banner } = await bannerOf({
      env: { INTERNAI_API_KEY: 'sk-secret-1', SPARE: 'sk-secret-2' },
      files: {
        'config/config.yaml': [
          'backends:',
          '  internlm:',
          `    base_url: ${fake.baseUrl}`,
          "    api_keys: ['${env:SPARE}', sk-secret-3]",
          '  spare: { type: internlm }',
          '  openai: {}',
          'default_backend: internlm',
          'static_route: internlm:intern-s1',
        ].join('\n'),
      },
    })

    expect(banner).toContain('with the configuration in config/config.yaml')
    expect(banner).toContain(
      '  internlm (default)  2 keys from config/config.yaml:4:16 (environment SPARE), config/config.yaml:4:32, backends.internlm.api_keys[1]\n',
    )
    expect(banner).toContain('  spare               key from environment INTERNAI_API_KEY\n')
    expect(banner).toContain(
      '  openai              disabled, no key: set OPENAI_API_KEY (or OPENAI_API_KEY_1 to OPENAI_API_KEY_20), or write backends.openai.api_keys\n',
    )
    expect(banner).not.toContain('sk-secret')
  })

  it('tells what is odd, with its place and once', async () => {
    const { banner, printed } = await bannerOf({
      env: { JACKFIELD_PROT: '1' },
      files: { 'config/config.yaml': 'backends: { echo: {}, openai: {} }\n' },
    })

    expect(banner.match(/! /g)).toHaveLength(1)
    expect(printed().match(/JACKFIELD_PROT/g)).toHaveLength(1)
    expect(banner).toContain('! environment JACKFIELD_PROT  no setting has this variable')
    expect(banner.match(/OPENAI_API_KEY /g)).toHaveLength(1)
  })

  it.each([
    ['--host', '0.0.0.0'],
    ['--host', '::'],
  ])('tells of other machines with %s %s', async (...argv) => {
    const { banner, url } = await bannerOf({ argv: [...argv, '--api-key', 'k'] })

    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(banner).toContain(`listens on ${url} and on every other address of this machine\n`)
  })

  it('keeps nobody waiting who stops the gateway before a provider has listed its models', async () => {
    const fake = await startOpenAIChatFake({ keys: { k: 'ok' } })
    onTestFinished(() => fake.close())
    fake.server.respondWith([{ do: 'hang' }])
    const serving = await startServing({
      isTerminal: true,
      env: { OPENAI_API_KEY: 'k', OPENAI_API_BASE_URL: fake.baseUrl },
    })
    await fake.server.waitForRequest(1)

    const begin = performance.now()
    serving.signal('SIGINT')
    const code = await serving.ended

    expect(code).toBe(0)
    expect(performance.now() - begin).toBeLessThan(1_000)
  })

  it('is for terminals only', async () => {
    const pipe = await startServing({ argv: ['--log-format', 'pretty'] })
    const json = await startServing({ argv: ['--log-format', 'json'], isTerminal: true })
    for (const serving of [pipe, json]) {
      serving.signal('SIGTERM')
      await serving.ended

      expect(serving.printed()).not.toContain('Paste')
    }
    expect(
      json
        .printed()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).msg),
    ).toEqual(['listening', 'stopping; a second signal stops at once'])
  })
})

describe('the lines to paste', () => {
  it('work as printed without any key', async () => {
    const { banner, url } = await bannerOf({})
    const lines = linesToPaste(banner)

    const written = await paste([...lines, 'echo "$OPENAI_BASE_URL $OPENAI_API_KEY"'])

    expect(lines).toHaveLength(3)
    expect(written).toContain('"owned_by":"echo"')
    expect(written).toContain('you said: Hello')
    expect(written).toContain(`${url}/v1 unused`)
  })

  it('work as printed with client keys: they ask for one', async () => {
    const { banner, url } = await bannerOf({ argv: ['--api-key', 'client-key'] })
    const lines = linesToPaste(banner)

    const written = await paste(
      [...lines, 'echo "$OPENAI_BASE_URL $OPENAI_API_KEY"'],
      'client-key\n',
    )

    expect(lines).toHaveLength(3)
    expect(banner).not.toContain('client-key')
    expect(written).toContain('you said: Hello')
    expect(written).toContain(`${url}/v1 client-key`)
  })

  it('name a model of the default backend that chats', async () => {
    const fake = await startOpenAIChatFake({
      keys: { k: 'ok' },
      models: ['text-embedding-3-small', 'fake-chat'],
    })
    onTestFinished(() => fake.close())
    const { banner } = await bannerOf({
      env: { OPENAI_API_KEY: 'k', OPENAI_API_BASE_URL: fake.baseUrl, LLM_BACKEND: 'openai' },
    })

    const written = await paste(linesToPaste(banner))

    expect(banner).toContain('"model":"fake-chat"')
    expect(written).toContain('You said: Hello')
  })

  it('name the model that the default names', async () => {
    const { banner } = await bannerOf({ argv: ['--backend', "echo:it's"] })

    expect(await paste(linesToPaste(banner))).toContain("model: it's")
  })

  it('leave the model out where no backend names one', async () => {
    const fake = await startOpenAIChatFake({ keys: { k: 'ok' }, models: [] })
    onTestFinished(() => fake.close())
    const { banner } = await bannerOf({
      files: {
        'config/config.yaml': `backends: { own: { type: openai-compatible, base_url: '${fake.baseUrl}', api_keys: [k] } }\n`,
      },
    })

    const written = await paste(linesToPaste(banner))

    expect(banner).not.toContain('chat/completions')
    expect(written).toContain('"status":"healthy"')
  })

  it('suit every shell, whatever the address', async () => {
    const { banner } = await bannerOf({ argv: ['--host', '::1'] })

    const lines = linesToPaste(banner)

    expect(lines[0]).toMatch(/^curl 'http:\/\/\[::1\]:\d+\/v1\/models'$/)
    expect(await paste(lines)).toContain('you said: Hello')
  })
})
