import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

/** Runs a script in a process of its own: a test runner catches stray errors before anybody else can. */
function run(script: URL): Promise<string> {
  const path = fileURLToPath(script)
  const child = spawn(process.execPath, ['--conditions=@jackfield/source', path])
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  return new Promise((resolve) => child.on('close', () => resolve(output)))
}

it('an error that nobody caught is blamed on the backend whose code threw it, and on its call only', async () => {
  const output = await run(new URL('./stray-errors.script.ts', import.meta.url))

  expect(JSON.parse(output)).toEqual({
    timer: { blamed: 'stray', status: 502, others: 200 },
    rejection: { blamed: 'stray', status: 502, others: 200 },
    'abort-listener': { blamed: 'stray', status: null, others: 200 },
    nobody: { blamed: null },
    faults: ['stray', 'stray', 'stray'],
  })
})
