import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { Children } from '../../src/process/children.ts'

function startScript(children: Children, script: string) {
  const entry = join(children.folder, 'script.mjs')
  writeFileSync(entry, script)
  return children.start({ name: 'script', entry, args: [], channel: true })
}

function createChildren(): Children {
  const children = new Children()
  onTestFinished(() => children.endAll())
  return children
}

it('ends every process and leaves no file', async () => {
  const children = createChildren()
  const ready = Promise.withResolvers<void>()
  // Ignores the polite signal until the channel proves that it runs.
  const child = startScript(children, 'process.send("ready"); setInterval(() => {}, 1000)')
  child.process.once('message', () => ready.resolve())
  await ready.promise

  await children.endAll()

  expect(child.process.signalCode).toBe('SIGTERM')
  expect(existsSync(children.folder)).toBe(false)
})

it('reports a process that ends unasked with what it wrote last', async () => {
  const children = createChildren()

  startScript(children, 'console.error("port in use"); process.exit(3)')

  await expect(children.failed).rejects.toThrow(
    /script ended by itself \(exit code 3\).*port in use/s,
  )
})

it('does not call an asked-for end a failure', async () => {
  const children = createChildren()
  const child = startScript(children, 'setInterval(() => {}, 1000)')
  let failed = false
  children.failed.catch(() => {
    failed = true
  })

  await children.end(child)

  expect(failed).toBe(false)
})
