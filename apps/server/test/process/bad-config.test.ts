import { createServer } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { runToEnd } from './start-process.ts'

vi.setConfig({ testTimeout: 30_000 })

/** A port that nothing listens on. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

describe('a bad configuration', () => {
  it('ends the start with 78 and all problems, each with its place and what to do', async () => {
    const port = await freePort()

    const { code, stdout, stderr } = await runToEnd({
      args: ['--port', String(port), '--hots', 'x'],
      env: { OPENAI_API_KEY: 'sk-secret', INTERNAI_TIMEOUT: 'soon', INTERNAI_API_KEY: 'sk-secret' },
      files: {
        'config/config.yaml': [
          'prot: 9000',
          'log: { level: loud }',
          'max_tries: many',
          'api_keys: ["${env:MISSING_KEY}"]',
          'backends:',
          '  internlm: { thinking_mod: true }',
          '  openai: { base_url: 17 }',
          '  first: { type: internml }',
          '  second: { type: jackfield-backend-acme }',
          'default_backend: opnai',
        ].join('\n'),
      },
    })

    expect(code).toBe(78)
    expect(stdout).toBe('')
    expect(stderr).not.toContain('sk-secret')
    expect(stderr.split('\n').map((line) => line.trim())).toEqual([
      'The configuration has 11 problems:',
      'unknown flag --hots  → did you mean --host?',
      'environment INTERNAI_TIMEOUT  backends.internlm.timeout  expected whole seconds  → write a number such as 120, or 0 for the default',
      'config/config.yaml:1:1  unknown key "prot"  → did you mean "port"?',
      'config/config.yaml:2:15  log.level  expected one of trace, debug, info, warn, error, fatal, silent  → correct it, or remove it for the default info',
      'config/config.yaml:3:12  max_tries  expected a whole number from 1 to 100, found a text  → correct it, or remove it for the default 4',
      'config/config.yaml:4:13  api_keys[0]  the variable "MISSING_KEY" is not set  → set it, or remove ${env:…}',
      'config/config.yaml:6:15  backends.internlm  unknown key "thinking_mod"  → did you mean "thinking_mode"?',
      'config/config.yaml:7:23  backends.openai.base_url  expected an http:// or https:// URL, found a number  → put it in quotes',
      'config/config.yaml:8:18  backends.first  the package "@jackfield/backend-internml" of type "internml" is not installed  → did you mean "internlm"?',
      'config/config.yaml:9:19  backends.second  the package "jackfield-backend-acme" of type "jackfield-backend-acme" is not installed  → install it with "npm install jackfield-backend-acme", or correct the type',
      'config/config.yaml:10:18  default_backend  no enabled backend is called "opnai"  → did you mean "openai"?',
      '',
    ])
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow()
  })

  it('is told of a file that cannot be read', async () => {
    const { code, stderr } = await runToEnd({ args: ['--config', 'nowhere.yaml'] })

    expect(code).toBe(78)
    expect(stderr).toBe(
      'The configuration has a problem:\n  flag --config  the configuration file nowhere.yaml cannot be read: it does not exist  → name a readable YAML file with --config or CONFIG_FILE\n',
    )
  })
})
