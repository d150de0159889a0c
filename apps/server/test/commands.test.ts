import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runToEnd } from './support/test-program.ts'
import { backendManifest } from './temporary-packages.ts'

describe('--help and --version', () => {
  it.each([[['--help']], [['-h']], [['serve', '--help']], [['--help', '--prot', '1']]])(
    '%j shows commands and flags',
    async (argv) => {
      const { code, stdout, stderr } = await runToEnd({ argv })

      expect(code).toBe(0)
      expect(stderr).toBe('')
      expect(stdout).toMatch(/^Usage: jackfield \[command\] \[flags\]\n/)
      for (const word of ['serve', 'check-config', 'list-backends', '--port', '--api-key']) {
        expect(stdout).toContain(`  ${word}`)
      }
    },
  )

  it.each(['--version', '-v'])('%s shows the version', async (flag) => {
    expect(await runToEnd({ argv: [flag] })).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' })
  })
})

describe('a command line that means nothing', () => {
  it.each([
    [['srve'], 'There is no command "srve". Did you mean "serve"? See jackfield --help.\n'],
    [
      ['run'],
      'There is no command "run". The commands are serve, check-config, list-backends, explain. See jackfield --help.\n',
    ],
    [['serve', 'now'], '"serve" takes no further word. See jackfield --help.\n'],
    [
      ['sk-Zr8kQ2mX7bN4vL9wT3yH6cJ1'],
      'There is no command (a name of 27 characters, not shown). The commands are serve, check-config, list-backends, explain. See jackfield --help.\n',
    ],
  ])('is told of: %j', async (argv, stderr) => {
    expect(await runToEnd({ argv })).toEqual({ code: 64, stdout: '', stderr })
  })

  it('tells all unknown flags at once', async () => {
    const { code, stdout, stderr } = await runToEnd({ argv: ['--prot', '1', '--hots=x', '--port'] })

    expect(code).toBe(78)
    expect(stdout).toBe('')
    expect(stderr).toContain('unknown flag --prot  → did you mean --port?')
    expect(stderr).toContain('unknown flag --hots  → did you mean --host?')
    expect(stderr).toContain('flag --port  it needs a value  → write --port=…')
  })
})

describe('list-backends', () => {
  it('shows every installed backend, what it needs and whether it is enabled', async () => {
    const { code, stdout, stderr } = await runToEnd({
      argv: ['list-backends'],
      env: { INTERNAI_API_KEY: 'secret-key' },
    })

    expect(code).toBe(0)
    expect(stderr).toBe('')
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['TYPE', 'PACKAGE', 'ENABLED AS', 'NEEDS'],
      ['anthropic', '@jackfield/backend-anthropic@1.0.0', 'not enabled', 'ANTHROPIC_API_KEY'],
      ['echo', '@jackfield/backend-echo@1.0.0', 'not enabled', 'nothing'],
      ['gemini', '@jackfield/backend-gemini@1.0.0', 'not enabled', 'GEMINI_API_KEY'],
      ['hybrid', '@jackfield/backend-hybrid@1.0.0', 'hybrid', 'nothing'],
      ['internlm', '@jackfield/backend-internlm@1.0.0', 'internlm', 'INTERNAI_API_KEY'],
      ['openai', '@jackfield/backend-openai@1.0.0', 'not enabled', 'OPENAI_API_KEY'],
      [
        'openai-compatible',
        '@jackfield/backend-openai-compatible@1.0.0',
        'not enabled',
        'an entry in the configuration',
      ],
      [''],
    ])
  })

  it('tells what is wrong with the configuration, and still lists', async () => {
    const { code, stdout, stderr } = await runToEnd({
      argv: ['list-backends'],
      files: { 'config/config.yaml': 'prot: 1\n' },
    })

    expect(code).toBe(0)
    expect(stderr).toContain('config/config.yaml:1:1  unknown key "prot"  → did you mean "port"?')
    expect(stdout).toContain('internlm')
  })
})

const yaml = (lines: readonly string[]) => ({ 'config/config.yaml': `${lines.join('\n')}\n` })

describe('check-config', () => {
  it('prints the effective configuration and where each value came from', async () => {
    const { code, stdout, stderr } = await runToEnd({
      argv: ['check-config', '--port', '9000'],
      env: { INTERNAI_API_KEY: 'secret-key', LOG_LEVEL: 'debug' },
      files: yaml(['backends:', '  internlm:', '    thinking_mode: false']),
    })

    expect(code).toBe(0)
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^# Effective configuration \(config\/config\.yaml\)\n/)
    expect(stdout).toMatch(/^port: 9000 +# flag --port$/m)
    expect(stdout).toMatch(/^ {2}level: debug +# environment LOG_LEVEL$/m)
    expect(stdout).toMatch(/^ {4}thinking_mode: false +# config\/config\.yaml:3:20$/m)
    expect(stdout).toMatch(/^ {6}- '\[redacted\]' +# environment INTERNAI_API_KEY$/m)
    expect(stdout).toMatch(/^default_backend: internlm +# default \(the only backend\)$/m)
  })

  it('says all that is wrong, and ends with 78', async () => {
    const { code, stdout, stderr } = await runToEnd({
      argv: ['check-config'],
      files: yaml(['port: many', 'prot: 1', 'backends: { nope: {} }']),
    })

    expect(code).toBe(78)
    expect(stdout).toBe('')
    expect(stderr.split('\n')).toEqual([
      'The configuration has 3 problems:',
      '  config/config.yaml:1:7  port  expected a whole number from 0 to 65535, found a text  → correct it, or remove it for the default 8000',
      '  config/config.yaml:2:1  unknown key "prot"  → did you mean "port"?',
      '  config/config.yaml:3:13  backends.nope  the package "@jackfield/backend-nope" of type "nope" is not installed  → install it with "npm install @jackfield/backend-nope", or correct the type',
      '',
    ])
  })

  it('finds what only making the backends shows', async () => {
    const name = 'jackfield-backend-weak'
    const { code, stdout, stderr } = await runToEnd({
      argv: ['check-config'],
      files: {
        [`node_modules/${name}/package.json`]: backendManifest(name, {
          type: 'weak',
          auth: 'none',
        }),
        [`node_modules/${name}/index.js`]: `export default {
          apiVersion: 1,
          type: 'weak',
          options: { type: 'object', properties: {}, additionalProperties: false },
          create() { throw new Error('no model file') },
        }`,
        ...yaml([`backends: { a: { type: ${name} }, b: { type: ${name} } }`, 'default_backend: a']),
      },
    })

    expect({ code, stdout }).toEqual({ code: 78, stdout: '' })
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^The backend "a" \(type weak\) cannot be used: .*no model file/),
      expect.stringMatching(/^The backend "b" \(type weak\) cannot be used: .*no model file/),
    ])
  })

  it('never prints a key, wherever it was given', { timeout: 60_000 }, async () => {
    const key = fc.stringMatching(/^sk-[A-Za-z0-9]{25,40}$/)
    const seen = { printed: 0, refused: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.tuple(key, key, key, key, key, key),
        async (broken, keys) => {
          fc.pre(new Set(keys).size === keys.length)

          const { code, stdout, stderr } = await runToEnd(configWithKeys(keys, broken))

          for (const secret of keys) expect(stdout + stderr).not.toContain(secret)
          expect(code).toBe(broken ? 78 : 0)
          expect(stdout.match(/'\[redacted\]'/g) ?? []).toHaveLength(broken ? 0 : 6)
          seen[broken ? 'refused' : 'printed'] += 1
        },
      ),
      { numRuns: 60 },
    )
    expect(Math.min(seen.printed, seen.refused)).toBeGreaterThan(5)
  })
})

type SixKeys = readonly [string, string, string, string, string, string]

/** Keys in every place that takes one; in a broken configuration also where none belongs. */
function configWithKeys([one, two, three, four, five, six]: SixKeys, broken: boolean) {
  const misplaced = [`port: ${one}`, `${two}: ${three}`, `upstream_proxy: http://u:${five}@`]
  return {
    argv: ['check-config', '--config', 'my.yaml'],
    env: { INTERNAI_API_KEY: one, INTERNAI_API_KEY_2: two, TEAM_KEY: three },
    files: {
      'key.txt': `${four}\n`,
      'my.yaml': [
        'api_keys:',
        `  - '${five}'`,
        "  - { name: team, key: '${env:TEAM_KEY}' }",
        'backends:',
        '  internlm: {}',
        `  openai: { api_keys: ['\${file:key.txt}', '${six}'] }`,
        'default_backend: internlm',
        ...(broken ? misplaced : []),
      ].join('\n'),
    },
  }
}
