import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Manifest, readWorkspace, root } from './imports.ts'

const workspace = readWorkspace()
const published = workspace.filter(({ manifest }) => manifest.private !== true)
const backends = workspace.filter(({ folder }) => folder.startsWith('packages/backend-'))

const headings = [
  /^# `?@jackfield\//m,
  /^## Install$/m,
  /^## Minimal configuration$/m,
  /^## Options$/m,
  /^## Differences/m,
]

describe.each(published.map(({ folder, manifest }) => [folder, manifest] as const))(
  'published package %s',
  (folder, manifest) => {
    it('ships what it must', () => {
      const files = ['README.md', 'LICENSE', 'tsconfig.json'].filter(
        (name) => !existsSync(join(root, folder, name)),
      )

      expect(files).toEqual([])
    })

    it('has the manifest of its kind', () => {
      expect(manifest).toMatchObject({
        type: 'module',
        sideEffects: false,
        license: 'Apache-2.0',
        engines: { node: '>=22.19' },
        files: ['dist', 'src'],
      })
      expect(manifest.exports?.['./package.json']).toBe('./package.json')
    })
  },
)

describe.each(backends.map(({ folder, manifest }) => [folder, manifest] as const))(
  'backend %s',
  (folder, manifest: Manifest) => {
    it('can be found by the server', () => {
      expect(manifest.keywords).toContain('jackfield-backend')
      expect(manifest.name).toBe(`@jackfield/${folder.slice('packages/'.length)}`)
      expect(manifest.jackfield?.type).toBe(folder.slice('packages/backend-'.length))
      expect(['key', 'oauth', 'none']).toContain(manifest.jackfield?.auth)
    })

    it('takes the core from whoever installs it', () => {
      expect(manifest.peerDependencies?.['@jackfield/core']).toBe('workspace:^')
      expect(manifest.devDependencies?.['@jackfield/core']).toBe('workspace:^')
      expect(manifest.dependencies?.['@jackfield/core']).toBeUndefined()
    })

    it('runs the contract tests', () => {
      const test = readFileSync(join(root, folder, 'test/contract.test.ts'), 'utf8')

      expect(test).toContain('describeBackend(')
      expect(test).not.toMatch(/\.(skip|only|todo)\b/)
    })

    it('has a README with the usual headings', () => {
      const readme = readFileSync(join(root, folder, 'README.md'), 'utf8')

      expect(headings.filter((heading) => !heading.test(readme)).map(String)).toEqual([])
    })
  },
)
