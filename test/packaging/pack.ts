import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { readWorkspace, root } from '../imports.ts'

const run = promisify(execFile)

/** Programs that run at a time. */
const workers = 3

/** Tarballs of all published packages by package name, as `npm publish` would send them. */
export async function packAll(folder: string): Promise<ReadonlyMap<string, string>> {
  await mkdir(folder, { recursive: true })
  const published = readWorkspace().filter(({ manifest }) => manifest.private !== true)
  const tarballs = new Map<string, string>()
  const queue = [...published]
  const work = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      const destination = join(folder, item.manifest.name.replace('/', '-'))
      await run('pnpm', ['pack', '--pack-destination', destination], {
        cwd: join(root, item.folder),
      })
      const [file = ''] = await readdir(destination)
      tarballs.set(item.manifest.name, join(destination, file))
    }
  }
  await Promise.all(Array.from({ length: workers }, work))
  return tarballs
}

/** Makes a project in an empty folder and installs tarballs with plain npm. */
export async function installIn(
  folder: string,
  options: {
    readonly tarballs: ReadonlyMap<string, string>
    readonly names: readonly string[]
  },
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const dependencies = Object.fromEntries(
    options.names.map((name) => [name, `file:${options.tarballs.get(name)}`]),
  )
  const manifest = {
    name: 'project',
    private: true,
    type: 'module',

    dependencies,
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts'], {
    cwd: folder,
  })
}

/** Names of our packages that a package needs to run, itself included. */
export async function closureOf(names: readonly string[]): Promise<readonly string[]> {
  const workspace = new Map(readWorkspace().map((item) => [item.manifest.name, item.manifest]))
  const found = new Set<string>()
  const visit = (name: string) => {
    const manifest = workspace.get(name)
    if (manifest === undefined || found.has(name)) return
    found.add(name)
    for (const other of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }))
      visit(other)
  }
  names.forEach(visit)
  return [...found]
}

/** A manifest in an installation. */
export async function installedManifest(folder: string, name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8'))
}
