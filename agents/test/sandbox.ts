import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { type ClosedDoor, startClosedDoor } from './closed-door.ts'

/** A temporary place for one run of an agent: its home, its work folder, its environment. */
export interface Sandbox extends AsyncDisposable {
  readonly home: string
  /** The folder in which the agent works; empty at first. */
  readonly work: string
  /** All that a process may know of its surroundings: nothing of the user who runs the tests. */
  readonly env: Readonly<Record<string, string>>
  /** Everything beyond the loopback interface that somebody wanted to reach. */
  readonly outside: readonly string[]
  /** Writes a file below `home`. */
  configure(path: string, content: string): Promise<void>
  /** The text files in `work` with their content. */
  files(): Promise<Readonly<Record<string, string>>>
}

/** Makes one. It is removed when it is disposed. */
export async function createSandbox(): Promise<Sandbox> {
  const root = await mkdtemp(join(tmpdir(), 'jackfield-agent-'))
  const [home, work, temporary] = [join(root, 'home'), join(root, 'work'), join(root, 'tmp')]
  for (const folder of [home, work, temporary]) await mkdir(folder)
  const door = await startClosedDoor()
  return {
    home,
    work,
    env: environment(home, temporary, door),
    outside: door.knocks,
    async configure(path, content) {
      const file = join(home, path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, content)
    },
    async files() {
      const names = (await readdir(work)).filter((name) => name.endsWith('.txt')).sort()
      const read = names.map(async (name) => [name, await readFile(join(work, name), 'utf8')])
      return Object.fromEntries(await Promise.all(read))
    },
    async [Symbol.asyncDispose]() {
      await door[Symbol.asyncDispose]()
      // Something that an agent started may still write its last file.
      await rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    },
  }
}

function environment(home: string, temporary: string, door: ClosedDoor): Record<string, string> {
  return {
    PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_DATA_HOME: join(home, '.local/share'),
    XDG_STATE_HOME: join(home, '.local/state'),
    TMPDIR: temporary,
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    NO_COLOR: '1',
    DO_NOT_TRACK: '1',
    ...door.env,
  }
}
