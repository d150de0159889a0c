import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startInternLMFake } from '@jackfield/testkit'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { ConfigError } from '../../src/config/problems.ts'
import { backendPackages } from '../../src/load-plugins.ts'
import { sampleSize } from '../support/long-test.ts'
import { chat, type RunningServer, startServer } from './start-process.ts'

const configFile = 'config/config.yaml'
const application = new URL('../../../jackfield/src/main.ts', import.meta.url)
const packages = backendPackages([application])
const rounds = sampleSize({ sample: 60, whole: 1_000 })
const callers = 6

/** Settings that may change without a call being any worse for it. */
interface Harmless {
  readonly key: 'a' | 'b'
  readonly tries: number
  readonly hold: number
  readonly hosts: readonly string[]
  readonly more: readonly string[]
}

const harmless: fc.Arbitrary<Harmless> = fc.record({
  key: fc.constantFrom('a', 'b'),
  tries: fc.integer({ min: 1, max: 9 }),
  hold: fc.integer({ min: 5, max: 60 }),
  hosts: fc.array(fc.constantFrom('one.lan', 'two.lan'), { maxLength: 2 }),
  more: fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }),
})

function configText(baseUrl: string, { key, tries, hold, hosts, more }: Harmless): string {
  return [
    '# What is written here changes all the time.',
    `max_tries: ${tries}`,
    `hold: ${hold}s`,
    `allowed_hosts: [${hosts.join(', ')}]`,
    'backends:',
    '  internlm:',
    `    base_url: ${baseUrl}`,
    `    api_keys: [${key}]`,
    ...more.map((name) => `  ${name}: { type: echo }`),
    'default_backend: internlm',
    '',
  ].join('\n')
}

/** What somebody's slip of the hand does to a text. */
type Slip = (text: string) => string

const slip: fc.Arbitrary<Slip> = fc.oneof(
  fc.constant<Slip>((text) => text),
  fc.nat().map(
    (at): Slip =>
      (text) =>
        text.slice(0, at % text.length),
  ),
  fc.tuple(fc.nat(), fc.nat(20)).map(([at, length]): Slip => {
    return (text) => text.slice(0, at % text.length) + text.slice((at % text.length) + length)
  }),
  fc.tuple(fc.nat(), fc.constantFrom(...':{}[]"\'#&*\t\n', '${env:NO}', 'prot: 1\n')).map(
    ([at, piece]): Slip =>
      (text) =>
        text.slice(0, at % text.length) + piece + text.slice(at % text.length),
  ),
)

/** What a gateway makes of a text: it refuses it, serves calls with it as before, or does as it was newly told. */
async function meaning(
  text: string,
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<'refused' | 'serves' | 'differs'> {
  try {
    const { config, backends } = await loadConfig({
      argv: [],
      env,
      cwd,
      packages,
      readFile: () => Buffer.from(text),
    })
    const { max_tries, hold, allowed_hosts, ...rest } = config
    const internlm = backends.find(({ name }) => name === 'internlm')
    const plain = JSON.stringify([rest, internlm?.options])
    usual ??= plain // the first text is as it was meant
    return plain === usual ? 'serves' : 'differs'
  } catch (error) {
    if (error instanceof ConfigError) return 'refused'
    throw error
  }
}

let usual: string | undefined

/** Writes the file as editors do: in place, or by putting another file over it. */
function write({ cwd }: RunningServer, text: string, replace: boolean): void {
  const path = join(cwd, configFile)
  const target = replace ? `${path}.new` : path
  writeFileSync(target, text)
  if (replace) renameSync(target, path)
}

/** Calls without pause until told to stop. What is not a whole, good answer is a failure. */
async function callOnAndOn(url: string, isOver: () => boolean, failures: string[]) {
  let calls = 0
  while (!isOver()) {
    const stream = calls % 2 === 0
    try {
      const answer = await chat(url, { model: 'intern-s1', stream })
      const text = await answer.text()
      const whole = stream ? text.endsWith('data: [DONE]\n\n') : text.endsWith('}')
      if (answer.status !== 200 || !whole) failures.push(`${answer.status} ${text}`)
    } catch (error) {
      failures.push(String(error))
    }
    calls += 1
  }
  return calls
}

it(`fails no call while its file is changed ${rounds} times, rightly and wrongly`, {
  timeout: sampleSize({ sample: 60_000, whole: 600_000 }),
}, async () => {
  const fake = await startInternLMFake({ keys: { a: 'ok', b: 'ok' } })
  onTestFinished(() => fake.close())
  const env = { INTERNAI_API_KEY: 'a', INTERNAI_API_BASE_URL: fake.baseUrl }
  const first = configText(fake.baseUrl, { key: 'a', tries: 4, hold: 15, hosts: [], more: [] })
  const server = await startServer({ env, files: { [configFile]: first } })
  const place = { cwd: server.cwd, env }
  await meaning(first, place)
  const failures: string[] = []
  let isOver = false
  const load = Array.from({ length: callers }, () =>
    callOnAndOn(server.url, () => isOver, failures),
  )

  const seed = Date.now() % 2 ** 31
  const change = fc.tuple(harmless, slip, fc.boolean())
  const seen = { refused: 0, serves: 0, differs: 0 }
  for (const [settings, slipped, replace] of fc.sample(change, { seed, numRuns: 3 * rounds })) {
    if (seen.refused + seen.serves === rounds) break
    const text = slipped(configText(fake.baseUrl, settings))
    const kind = await meaning(text, place)
    seen[kind] += 1
    if (kind === 'differs') continue // a call that fails now would fail as the operator asked
    const before = server.lines.length
    write(server, text, replace)
    server.kill('SIGHUP')
    const told = kind === 'refused' ? 'not applied' : 'applied'
    await server.output((line) => line.includes(`"msg":"configuration ${told}`), before)
  }
  write(
    server,
    `${first}static_route: echo:last\n`.replace('backends:', 'backends:\n  echo: {}'),
    true,
  )
  server.kill('SIGHUP')
  await server.output((line) => line.includes('"added":["echo"]'))
  isOver = true
  const calls = (await Promise.all(load)).reduce((sum, each) => sum + each, 0)

  expect(failures, `seed ${seed}`).toEqual([])
  expect(seen.refused + seen.serves).toBe(rounds)
  expect(Math.min(seen.refused, seen.serves)).toBeGreaterThan(rounds / 5)
  expect(calls).toBeGreaterThan(rounds)
  expect(server.errors()).toBe('')
})
