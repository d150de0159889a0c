import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startAnthropicFake, startInternLMFake, startOpenAIChatFake } from '@jackfield/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadTestConfig, startGateway } from '../end-to-end/harness.ts'
import { type Example, examplesIn, readExamples } from './examples.ts'

const run = promisify(execFile)
const examples = readExamples()
const appFolder = fileURLToPath(new URL('../..', import.meta.url))

/** Variables that the examples of configurations name. */
const variables = {
  INTERNAI_API_KEY: 'fake-key',
  OPENAI_API_KEY: 'fake-key',
  ANTHROPIC_API_KEY: 'fake-key',
  ALICE_KEY: 'alice-key',
  CI_KEY: 'ci-key',
}

const of = (language: string, ...kinds: readonly string[]): (readonly [string, Example])[] =>
  examples
    .filter((example) => example.language === language && kinds.includes(example.kind))
    .map((example) => [example.place, example])

describe('examples of the documentation', () => {
  it('are found', () => {
    expect(examples.length).toBeGreaterThanOrEqual(11)
    expect(examplesIn('page', '```sh run\necho\n```\n')).toHaveLength(1)
  })

  it.each(of('yaml', 'config'))('the configuration at %s is accepted', async (_, { text }) => {
    const { backends } = await loadTestConfig(text, { env: variables })

    expect(backends.length).toBeGreaterThan(0)
  })

  it.each(of('sh', 'run', 'run=echo', 'run=above'))(
    'the command at %s works as printed',
    async (_, example) => {
      const url = await gatewayFor(example)
      const script = example.text.replaceAll('http://127.0.0.1:8000', url)

      const { stdout } = await run('bash', [
        '-euo',
        'pipefail',
        '-c',
        `${jackfield(url)}\n${script.replaceAll('curl ', 'curl -sS --fail-with-body ')}`,
      ])

      expect(stdout).not.toBe('')
      expect(stdout).not.toContain('"error"')
    },
  )

  it.each(of('js', 'run'))('the program at %s works as printed', async (_, example) => {
    const fake = await startFake()
    const { url } = await startGateway('{}', { env: environmentFor(fake.baseUrl) })
    const code = example.text.replaceAll('http://127.0.0.1:8000', url)

    const { stdout } = await run(
      process.execPath,
      ['--conditions=@jackfield/source', '--input-type=module', '--eval', code],
      { cwd: appFolder, env: { ...environmentFor(fake.baseUrl), PATH: process.env['PATH'] ?? '' } },
    )

    expect(stdout).toContain('You said: Hello')
  })
})

/** The command as a function of the shell that asks this gateway. */
function jackfield(url: string): string {
  const command = `"${process.execPath}" --conditions=@jackfield/source "${appFolder}src/main.ts"`
  return `jackfield() { ${command} "$@" --url "${url}"; }`
}

async function startFake() {
  const fake = await startInternLMFake({ keys: { 'fake-key': 'ok' } })
  onTestFinished(() => fake.close())
  return fake
}

/** Every provider that configurations of the documentation name, with the models that its requests do. */
async function startProviders(): Promise<Readonly<Record<string, string>>> {
  const keys = { 'fake-key': 'ok' } as const
  const [internlm, openai, anthropic] = await Promise.all([
    startInternLMFake({ keys }),
    startOpenAIChatFake({ keys, models: ['gpt-4o', 'gpt-4o-mini'] }),
    startAnthropicFake({ keys, models: ['claude-sonnet-4'] }),
  ])
  onTestFinished(async () => {
    await Promise.all([internlm.close(), openai.close(), anthropic.close()])
  })
  return {
    ...variables,
    INTERNAI_API_BASE_URL: internlm.baseUrl,
    OPENAI_API_BASE_URL: openai.baseUrl,
    ANTHROPIC_API_BASE_URL: anthropic.baseUrl,
  }
}

function environmentFor(baseUrl: string): Readonly<Record<string, string>> {
  return { INTERNAI_API_KEY: 'fake-key', INTERNAI_API_BASE_URL: baseUrl }
}

async function gatewayFor({ kind, config }: Example): Promise<string> {
  if (kind === 'run=echo') return (await startGateway('{}')).url
  if (kind === 'run=above')
    return (await startGateway(config ?? '', { env: await startProviders() })).url
  const fake = await startFake()
  return (await startGateway('{}', { env: environmentFor(fake.baseUrl) })).url
}
