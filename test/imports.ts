import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One package of the workspace, as far as rules about it go. */
export interface WorkspacePackage {
  /** Folder below the root: `packages/core`. */
  readonly folder: string
  readonly manifest: Manifest
  /** Module specifiers that its sources import, with the file that does. */
  readonly imports: readonly Import[]
}

export interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, unknown>>
  readonly keywords?: readonly string[]
  readonly jackfield?: {
    readonly type: string
    readonly auth: string
    readonly environment?: Readonly<Record<string, string | readonly string[]>>
  }
}

export interface Import {
  readonly file: string
  readonly specifier: string
}

export const root = fileURLToPath(new URL('..', import.meta.url))

/** All packages of the workspace. */
export function readWorkspace(): readonly WorkspacePackage[] {
  return ['packages', 'apps'].flatMap((family) =>
    readdirSync(join(root, family)).map((name) => readPackage(`${family}/${name}`)),
  )
}

function readPackage(folder: string): WorkspacePackage {
  const manifest: Manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  const files = sourceFiles(join(root, folder, 'src'))
  const imports = files.flatMap((file) =>
    importsOf(readFileSync(file, 'utf8')).map((specifier) => ({
      file: file.slice(root.length),
      specifier,
    })),
  )
  return { folder, manifest, imports }
}

function sourceFiles(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return sourceFiles(path)
    return /\.m?ts$/.test(name) ? [path] : []
  })
}

/** Specifiers of static imports, re-exports, dynamic imports and type imports in a source text. */
export function importsOf(source: string): readonly string[] {
  const pattern = /(?:\bfrom\s*|\bimport\s*\(\s*|^\s*import\s+)(['"])([^'"\n]+)\1/gm
  return [...source.matchAll(pattern)].map((match) => match[2] ?? '')
}
