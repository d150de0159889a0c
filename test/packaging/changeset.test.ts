import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { readWorkspace, root } from '../imports.ts'

const run = promisify(execFile)

it('bumps only the backend that a changeset names', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'jackfield-changeset-'))
  const workspace = readWorkspace()
  for (const file of ['package.json', 'pnpm-workspace.yaml', '.changeset/config.json']) {
    await cp(join(root, file), join(folder, file))
  }
  for (const { folder: path } of workspace) {
    await cp(join(root, path, 'package.json'), join(folder, path, 'package.json'))
  }
  await writeFile(
    join(folder, '.changeset/one.md'),
    '---\n"@jackfield/backend-internlm": minor\n---\n\nKnows a new model.\n',
  )
  await run('git', ['init', '--quiet'], { cwd: folder })

  await run(join(root, 'node_modules/.bin/changeset'), ['version'], { cwd: folder })

  const bumped: string[] = []
  for (const { folder: path, manifest } of workspace) {
    const before = JSON.parse(await readFile(join(root, path, 'package.json'), 'utf8'))
    const after = JSON.parse(await readFile(join(folder, path, 'package.json'), 'utf8'))
    if (before.version !== after.version) bumped.push(manifest.name)
  }
  await rm(folder, { recursive: true, force: true })
  expect(bumped).toEqual(['@jackfield/backend-internlm'])
}, 60_000)
