import { describe, expect, it } from 'vitest'
import { violations } from './import-rules.ts'
import { importsOf, readWorkspace, type WorkspacePackage } from './imports.ts'

const workspace = readWorkspace()

describe('imports between packages', () => {
  it.each(workspace.map((item) => [item.folder, item] as const))(
    '%s keeps the table',
    (_, item) => {
      expect(violations(item)).toEqual([])
    },
  )

  it('sees the sources: every package imports something or is an entry of a few lines', () => {
    expect(workspace.flatMap(({ imports }) => imports).length).toBeGreaterThan(300)
  })
})

describe('planted violations', () => {
  const planted = (folder: string, specifier: string, dependencies = {}): WorkspacePackage => ({
    folder,
    manifest: { name: '@jackfield/planted', dependencies },
    imports: [{ file: `${folder}/src/index.ts`, specifier }],
  })

  it.each([
    [
      'core imports a dialect',
      planted('packages/core', '@jackfield/dialect-openai', { '@jackfield/dialect-openai': '1' }),
    ],
    ['core imports an HTTP client', planted('packages/core', 'undici', { undici: '1' })],
    [
      'what dialects share imports one of them',
      planted('packages/dialect-kit', '@jackfield/dialect-openai', {
        '@jackfield/dialect-openai': '1',
      }),
    ],
    [
      'a dialect imports another one',
      planted('packages/dialect-x', '@jackfield/dialect-openai', {
        '@jackfield/dialect-openai': '1',
      }),
    ],
    [
      'a dialect imports the kit',
      planted('packages/dialect-x', '@jackfield/kit', { '@jackfield/kit': '1' }),
    ],
    [
      'a backend imports another provider',
      planted('packages/backend-x', '@jackfield/backend-openai', {
        '@jackfield/backend-openai': '1',
      }),
    ],
    [
      'a package imports an app',
      planted('packages/gateway', '@jackfield/server', { '@jackfield/server': '1' }),
    ],
    ['something undeclared', planted('packages/kit', 'undici')],
    [
      'a deep import',
      planted('packages/kit', '@jackfield/core/src/pool/pool.ts', { '@jackfield/core': '1' }),
    ],
    ['another package by path', planted('packages/kit', '../../core/src/index.ts')],
    ['a test', planted('packages/kit', '../test/fake.ts')],
    ['an unknown family', planted('packages/misc', 'node:fs')],
  ])('is caught: %s', (_, item) => {
    expect(violations(item)).toHaveLength(1)
  })

  it('finds every form of import', () => {
    const source = `import a from 'a'\nimport type { b } from "b"\nimport 'c'\nexport * from 'd'\nconst e = await import('e')\nexport {\n  f,\n} from 'f'`

    expect(importsOf(source)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  })
})
