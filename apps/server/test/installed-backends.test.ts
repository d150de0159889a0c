import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import {
  findBackend,
  findInstalledBackends,
  type InstalledBackend,
  packageOfType,
} from '../src/installed-backends.ts'
import { backendManifest, temporaryFolder } from './temporary-packages.ts'

const keyed = {
  type: 'acme',
  auth: 'key',
  environment: { api_keys: 'ACME_API_KEY', base_url: 'ACME_URL', timeout: 'ACME_TIMEOUT' },
}

describe('findInstalledBackends', () => {
  it('reads what direct dependencies say of themselves, without running them', () => {
    const folder = temporaryFolder({
      'package.json': {
        dependencies: { '@acme/backend': '1', fastify: '5', gone: '1' },
        optionalDependencies: { login: '1' },
        devDependencies: { plain: '1' },
      },
      'node_modules/@acme/backend/package.json': backendManifest('@acme/backend', keyed),
      'node_modules/@acme/backend/index.js': 'throw new Error("imported")',
      'node_modules/fastify/package.json': { name: 'fastify', version: '5.0.0' },
      'node_modules/login/package.json': backendManifest('login', { type: 'login', auth: 'oauth' }),
      'node_modules/plain/package.json': backendManifest('plain', { type: 'plain', auth: 'none' }),
      'node_modules/hidden/package.json': backendManifest('hidden', {
        type: 'hidden',
        auth: 'none',
      }),
    })

    expect(findInstalledBackends([folder])).toEqual([
      {
        packageName: '@acme/backend',
        version: '2.1.0',
        type: 'acme',
        auth: 'key',
        variables: keyed.environment,
        keyAliases: [],
        folder: join(folder, 'node_modules/@acme/backend'),
      },
      expect.objectContaining({ packageName: 'login', auth: 'oauth', variables: {} }),
      expect.objectContaining({ packageName: 'plain', auth: 'none' }),
    ])
  })

  it('reads several names for the keys as one and its aliases', () => {
    const environment = { api_keys: ['ACME_API_KEY', 'OLD_API_KEY'], base_url: 'ACME_URL' }
    const folder = temporaryFolder({
      'package.json': { dependencies: { acme: '1' } },
      'node_modules/acme/package.json': backendManifest('acme', { ...keyed, environment }),
    })

    expect(findInstalledBackends([folder])).toMatchObject([
      {
        variables: { api_keys: 'ACME_API_KEY', base_url: 'ACME_URL' },
        keyAliases: ['OLD_API_KEY'],
      },
    ])
  })

  it('reads variables of any option', () => {
    const environment = { reasoning_timeout: 'ACME_REASONING', base_url: 'ACME_URL' }
    const folder = temporaryFolder({
      'package.json': { dependencies: { acme: '1' } },
      'node_modules/acme/package.json': backendManifest('acme', { ...keyed, environment }),
    })

    expect(findInstalledBackends([folder])).toMatchObject([{ variables: environment }])
  })

  it('knows backends that call others: those need no key', () => {
    const virtual = (auth: string) => ({ type: 'mix', auth, virtual: true })
    const folder = temporaryFolder({
      'package.json': { dependencies: { one: '1', other: '1' } },
      'node_modules/one/package.json': backendManifest('one', virtual('none')),
      'node_modules/other/package.json': backendManifest('other', virtual('key')),
    })

    const found = findInstalledBackends([folder])

    expect(found.map(({ isVirtual }) => isVirtual)).toEqual([true, undefined])
  })

  it('looks in the working folder first, then beside the application', () => {
    const user = temporaryFolder({
      'package.json': { dependencies: { shared: '1' } },
      'node_modules/shared/package.json': backendManifest('shared', {
        type: 'shared',
        auth: 'none',
      }),
    })
    const app = temporaryFolder({
      'package.json': { dependencies: { own: '1', shared: '1' } },
      'src/main.js': '',
      'node_modules/own/package.json': backendManifest('own', { type: 'own', auth: 'none' }),
      'node_modules/shared/package.json': backendManifest('shared', {
        type: 'shared',
        auth: 'key',
      }),
    })

    const found = findInstalledBackends([user, new URL(`${pathToFileURL(app)}/package.json`)])

    expect(found.map(({ packageName, folder }) => [packageName, folder])).toEqual([
      ['shared', join(user, 'node_modules/shared')],
      ['own', join(app, 'node_modules/own')],
    ])
  })

  it('finds the package of an application whose entry lies in a folder of it', () => {
    const app = temporaryFolder({
      'package.json': { dependencies: { own: '1' } },
      'dist/main.js': '',
      'node_modules/own/package.json': backendManifest('own', { type: 'own', auth: 'none' }),
    })

    const found = findInstalledBackends([pathToFileURL(join(app, 'dist/main.js'))])

    expect(found.map(({ type }) => type)).toEqual(['own'])
  })

  it('finds nothing in a folder without package.json, or with one that is not JSON', () => {
    expect(findInstalledBackends([temporaryFolder({})])).toEqual([])
    expect(findInstalledBackends([temporaryFolder({ 'package.json': '{' })])).toEqual([])
    expect(findInstalledBackends([temporaryFolder({ 'package.json': '[]' })])).toEqual([])
  })

  it('finds a package in a folder above, as Node does', () => {
    const folder = temporaryFolder({
      'apps/one/package.json': { dependencies: { own: '1' } },
      'node_modules/own/package.json': backendManifest('own', { type: 'own', auth: 'none' }),
    })

    expect(findInstalledBackends([join(folder, 'apps/one')])).toHaveLength(1)
  })
})

describe('findBackend', () => {
  it('finds a package that is no direct dependency, and nothing where none is', () => {
    const folder = temporaryFolder({
      'node_modules/own/package.json': backendManifest('own', { type: 'own', auth: 'none' }),
    })

    expect(findBackend('own', [folder])).toMatchObject({ type: 'own' })
    expect(findBackend('other', [folder])).toBeUndefined()
  })

  it.each([
    [undefined, 'its package.json has no "jackfield"'],
    ['text', 'its package.json has no "jackfield"'],
    [{ auth: 'key' }, 'its "jackfield.type" is not of the form [a-z0-9-]+'],
    [{ type: 'Own', auth: 'key' }, 'its "jackfield.type" is not of the form [a-z0-9-]+'],
    [{ type: 'own', auth: 'password' }, 'its "jackfield.auth" is none of key, oauth, none'],
    [
      { type: 'own', auth: 'key', environment: [] },
      'its "jackfield.environment" does not name variables',
    ],
    [
      { type: 'own', auth: 'key', environment: { api_keys: 'A B' } },
      'its "jackfield.environment" does not name variables',
    ],
    [
      { type: 'own', auth: 'key', environment: { api_keys: ['A', 7] } },
      'its "jackfield.environment" does not name variables',
    ],
  ])('says why a package with %j is no backend', (jackfield, reason) => {
    const folder = temporaryFolder({
      'node_modules/own/package.json': backendManifest('own', jackfield),
    })

    expect(findBackend('own', [folder])).toEqual({ packageName: 'own', reason })
  })
})

it.each([
  ['internlm', '@jackfield/backend-internlm'],
  ['zai-coding-plan', '@jackfield/backend-zai-coding-plan'],
  ['@acme/jackfield-backend-x', '@acme/jackfield-backend-x'],
  ['jackfield-backend-x', 'jackfield-backend-x'],
  ['installed-by-this-name', 'installed-by-this-name'],
])('means by the type %s the package %s', (type, packageName) => {
  const installed = [{ packageName: 'installed-by-this-name' } as InstalledBackend]

  expect(packageOfType(type, installed)).toBe(packageName)
})
