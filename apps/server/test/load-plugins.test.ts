import { describe, expect, it } from 'vitest'
import { backendPackages } from '../src/load-plugins.ts'
import { backendManifest, temporaryFolder } from './temporary-packages.ts'

const jackfield = { type: 'own', auth: 'none' }
const plugin = "export default { apiVersion: 1, type: 'own', options: {}, create() {} }"

/** Installs one package of this manifest and code, and loads it. */
async function load(code: string, rest: object = {}, entry = 'index.js') {
  const folder = temporaryFolder({
    'package.json': { dependencies: { own: '1' } },
    'node_modules/own/package.json': backendManifest('own', jackfield, rest),
    [`node_modules/own/${entry}`]: code,
  })
  const packages = backendPackages([folder])
  const [backend] = packages.installed
  if (backend === undefined) throw new Error('Expected the package to be found')
  return packages.load(backend)
}

describe('load', () => {
  it.each([
    ['a plain export', {}, 'index.js'],
    ['exports for import only', { exports: { import: './lib/a.js' } }, 'lib/a.js'],
    [
      'exports by path and condition',
      { exports: { '.': { browser: './no.js', node: { import: './lib/b.js' } } } },
      'lib/b.js',
    ],
    [
      'the default condition',
      { exports: { '.': { types: './a.d.ts', default: './c.js' } } },
      'c.js',
    ],
    ['main', { exports: undefined, main: './main.js' }, 'main.js'],
    ['neither', { exports: undefined }, 'index.js'],
  ])('imports a package with %s', async (_, rest, entry) => {
    expect(await load(plugin, rest, entry)).toMatchObject({ apiVersion: 1, type: 'own' })
  })

  it.each([
    ['export const own = {}', 'the default export of own 2.1.0 is not a backend plugin'],
    ['export default () => {}', 'the default export of own 2.1.0 is not a backend plugin'],
    [
      'export default { apiVersion: 2 }',
      'own 2.1.0 is made for plugin API 2, this gateway speaks 1',
    ],
    ["export default { apiVersion: 'x' }", 'own 2.1.0 is made for plugin API an unknown version'],
    ['export default { apiVersion: 1 }', 'the plugin of own 2.1.0 has no "type"'],
    [
      "export default { apiVersion: 1, type: 'own', create() {} }",
      'the plugin of own 2.1.0 has no schema of its "options"',
    ],
    [
      "export default { apiVersion: 1, type: 'own', options: {} }",
      'the plugin of own 2.1.0 has no "create" function',
    ],
    [
      "export default { apiVersion: 1, type: 'other', options: {}, create() {} }",
      'the plugin of own 2.1.0 calls itself another type than its package.json',
    ],
    ["throw new Error('no such file: x.node')", 'own 2.1.0 cannot be loaded: no such file: x.node'],
    ["import 'not-installed-anywhere'", 'own 2.1.0 cannot be loaded: '],
    ['export default {', 'own 2.1.0 cannot be loaded: '],
  ])('says what is wrong with %s', async (code, start) => {
    expect(await load(code)).toEqual({
      incompatible: expect.stringContaining(start),
      fix: expect.stringMatching(/install/),
    })
  })

  it('says so when the entry is missing', async () => {
    expect(await load('', { exports: { import: './gone.js' } })).toMatchObject({
      incompatible: expect.stringContaining('own 2.1.0 cannot be loaded'),
    })
    expect(await load('', { exports: { types: './index.d.ts' } })).toMatchObject({
      incompatible: expect.stringContaining('own 2.1.0 cannot be loaded'),
    })
  })
})
