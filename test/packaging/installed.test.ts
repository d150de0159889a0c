import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startInternLMFake, startOpenAIChatFake } from '@jackfield/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../imports.ts'
import { closureOf, installedManifest, installIn, packAll } from './pack.ts'
import { startInstalled } from './start-installed.ts'

const run = promisify(execFile)

const node22 = join(root, `test/node-22/node_modules/node-linux-${process.arch}/bin/node`)

let folder = ''
let tarballs: ReadonlyMap<string, string> = new Map()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jackfield-packaging-'))
  tarballs = await packAll(join(folder, 'tarballs'))
}, 120_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

const ask = (url: string, model: string) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
  })

describe('the server and one backend, installed by npm in an empty folder', () => {
  let project = ''

  beforeAll(async () => {
    project = join(folder, 'one-backend')
    const names = await closureOf(['@jackfield/server', '@jackfield/backend-internlm'])
    await installIn(project, { tarballs, names })
  }, 120_000)

  it('brings no other backend and no provider SDK', async () => {
    const ours = await readdir(join(project, 'node_modules/@jackfield'))
    const all = await readdir(join(project, 'node_modules'))

    expect(ours.filter((name) => name.startsWith('backend-'))).toEqual(['backend-internlm'])
    expect(all).not.toContain('openai')
  })

  it('carries real version ranges instead of workspace and catalog references', async () => {
    const manifest = JSON.stringify(await installedManifest(project, '@jackfield/backend-internlm'))

    expect(manifest).not.toMatch(/workspace:|catalog:/)
  })

  it.each([
    ['Node 24', process.execPath],
    ['Node 22', node22],
  ])(
    'starts and answers on %s',
    async (_, node) => {
      const fake = await startInternLMFake({ keys: { installed: 'ok' } })
      const server = await startInstalled({
        node,
        main: 'node_modules/@jackfield/server/dist/main.js',
        folder: project,
        env: { INTERNAI_API_KEY: 'installed', INTERNAI_API_BASE_URL: fake.baseUrl },
      })

      const answer = await ask(server.url, 'internlm2.5-latest')
      const code = await server.stop()
      await fake.close()

      expect(answer.status).toBe(200)
      expect(await answer.json()).toMatchObject({ object: 'chat.completion' })
      expect(code).toBe(0)
    },
    60_000,
  )
})

describe('a backend of a third party, written outside the repository', () => {
  let project = ''

  beforeAll(async () => {
    project = join(folder, 'third-party')
    const names = await closureOf([
      '@jackfield/server',
      '@jackfield/backend-openai-compatible',
      '@jackfield/testkit',
    ])
    await installIn(project, { tarballs, names })
    await writeThirdParty(project)
  }, 120_000)

  it('passes the contract tests with the published packages only', async () => {
    const vitest = join(project, 'node_modules/vitest/vitest.mjs')

    const { stdout } = await run(process.execPath, [vitest, 'run', '--reporter=verbose'], {
      cwd: project,
      env: { PATH: process.env['PATH'] ?? '', HOME: project, NO_COLOR: '1' },
    })

    expect(stdout).toMatch(/Tests\s+\d+ passed/)
  }, 90_000)

  it('is loaded by its full name from the configuration', async () => {
    const fake = await startOpenAIChatFake({})
    const server = await startInstalled({
      node: node22,
      main: 'node_modules/@jackfield/server/dist/main.js',
      folder: project,
      env: { ACME_API_KEY: 'sk-fake', ACME_API_BASE_URL: fake.baseUrl },
      args: ['--config', 'acme.yaml'],
    })

    const answer = await ask(server.url, 'acme:fake-chat')
    await server.stop()
    await fake.close()

    expect(answer.status).toBe(200)
  }, 60_000)
})

/** What an author writes: one package with one source file and one test. */
async function writeThirdParty(project: string): Promise<void> {
  const author = join(project, 'node_modules/jackfield-backend-acme')
  await mkdir(author, { recursive: true })
  await writeFile(
    join(author, 'package.json'),
    JSON.stringify({
      name: 'jackfield-backend-acme',
      version: '1.0.0',
      type: 'module',
      exports: { '.': './index.js', './package.json': './package.json' },
      jackfield: {
        type: 'acme',
        auth: 'key',
        environment: { api_keys: 'ACME_API_KEY', base_url: 'ACME_API_BASE_URL' },
      },
      peerDependencies: { '@jackfield/core': '^1.0.0' },
      dependencies: { '@jackfield/backend-openai-compatible': '^1.0.0' },
    }),
  )
  await writeFile(
    join(author, 'index.js'),
    `import { openAICompatible } from '@jackfield/backend-openai-compatible'
export default openAICompatible({ type: 'acme', base_url: 'https://api.acme.example/v1' })
`,
  )
  await writeFile(
    join(project, 'acme.test.js'),
    `import { describeBackend } from '@jackfield/testkit'
import acme from 'jackfield-backend-acme'
describeBackend(acme, { options: ({ url, keys }) => ({ base_url: url, api_keys: keys }) })
`,
  )
  await writeFile(
    join(project, 'acme.yaml'),
    'backends:\n  acme:\n    type: jackfield-backend-acme\n',
  )
}
