import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '@jackfield/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { contentDigest } from '../../src/config/source-files.ts'
import { FileWatcher, type WatchSystem } from '../../src/config/watch.ts'

/** A clock that moves when it is told to. */
function fakeClock() {
  let now = 0
  const timers = new Set<{ at: number; callback: () => void }>()
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    after(ms, callback) {
      const timer = { at: now + ms, callback }
      timers.add(timer)
      return { cancel: () => timers.delete(timer) }
    },
  }
  const advance = (ms: number) => {
    const end = now + ms
    for (;;) {
      const [next] = [...timers].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)
      if (next === undefined) break
      timers.delete(next)
      now = next.at
      next.callback()
    }
    now = end
  }
  return { clock, advance, pending: () => timers.size }
}

/** Files, links and folders in memory. */
function fakeSystem(contents: Record<string, string>, links: Record<string, string> = {}) {
  const watchers = new Map<string, { changed: () => void; failed: (error: Error) => void }>()
  const time = fakeClock()
  const broken = new Set<string>()
  const realPath = (path: string) => links[path] ?? path
  const system: WatchSystem = {
    clock: time.clock,
    realPath,
    readFile(path) {
      const content = contents[realPath(path)]
      if (content === undefined) throw new Error(`no ${path}`)
      return Buffer.from(content)
    },
    watchFolder(folder, changed, failed) {
      if (broken.has(folder)) throw new Error(`cannot watch ${folder}`)
      watchers.set(folder, { changed, failed })
      return { close: () => watchers.delete(folder) }
    },
  }
  return { ...time, system, contents, links, watchers, broken }
}

const path = '/etc/app/config.yaml'

function start(
  fake: ReturnType<typeof fakeSystem>,
  known: Record<string, string> = { [path]: 'a' },
) {
  const events = { changed: 0, degraded: 0 }
  const digests = Object.entries(known).map(
    ([file, text]) => [file, contentDigest(Buffer.from(text))] as const,
  )
  const watcher = new FileWatcher(
    new Map(digests),
    {
      changed: () => {
        events.changed += 1
      },
      degraded: () => {
        events.degraded += 1
      },
    },
    fake.system,
  )
  return { watcher, events }
}

describe('FileWatcher', () => {
  it('tells a new content once, after a pause', () => {
    const fake = fakeSystem({ [path]: 'a' })
    const { events } = start(fake)
    fake.advance(1_000)

    fake.contents[path] = 'half'
    fake.watchers.get('/etc/app')?.changed()
    fake.advance(100)
    fake.contents[path] = 'whole'
    fake.watchers.get('/etc/app')?.changed()
    fake.advance(199)
    expect(events.changed).toBe(0)
    fake.advance(1)
    expect(events.changed).toBe(1)
    fake.advance(60_000)
    expect(events.changed).toBe(1)
  })

  it('says nothing of other files in the folder, and of the same content written again', () => {
    const fake = fakeSystem({ [path]: 'a' })
    const { events } = start(fake)

    fake.watchers.get('/etc/app')?.changed()
    fake.advance(1_000)

    expect(events.changed).toBe(0)
  })

  it('notices what changed before it watched', () => {
    const fake = fakeSystem({ [path]: 'b' })
    const { events } = start(fake, { [path]: 'a' })

    fake.advance(200)

    expect(events.changed).toBe(1)
  })

  it('tells a change back to what it was', () => {
    const fake = fakeSystem({ [path]: 'b' })
    const { events } = start(fake)
    fake.advance(200)

    fake.contents[path] = 'a'
    fake.watchers.get('/etc/app')?.changed()
    fake.advance(200)

    expect(events.changed).toBe(2)
  })

  it('does not take a vanished file for a change, and notices when it is back', () => {
    const fake = fakeSystem({ [path]: 'a' })
    const { events } = start(fake)

    delete fake.contents[path]
    fake.watchers.get('/etc/app')?.changed()
    fake.advance(200)
    expect(events.changed).toBe(0)
    fake.contents[path] = 'b'
    fake.watchers.get('/etc/app')?.changed()
    fake.advance(200)

    expect(events.changed).toBe(1)
  })

  it('follows symbolic links to the folder that they lead to', () => {
    const fake = fakeSystem(
      { '/data/1/config.yaml': 'a', '/data/2/config.yaml': 'b' },
      { [path]: '/data/1/config.yaml' },
    )
    const { events } = start(fake)
    expect([...fake.watchers.keys()]).toEqual(['/etc/app', '/data/1'])

    fake.links[path] = '/data/2/config.yaml'
    fake.watchers.get('/etc/app')?.changed()
    fake.advance(200)

    expect(events.changed).toBe(1)
    expect([...fake.watchers.keys()]).toEqual(['/etc/app', '/data/2'])
  })

  it('watches other files after a reload', () => {
    const fake = fakeSystem({ [path]: 'a', '/run/key': 'k' })
    const { watcher, events } = start(fake)

    watcher.replace(new Map([['/run/key', contentDigest(Buffer.from('k'))]]))
    expect([...fake.watchers.keys()]).toEqual(['/run'])
    fake.contents['/run/key'] = 'other'
    fake.watchers.get('/run')?.changed()
    fake.advance(200)

    expect(events.changed).toBe(1)
  })

  it('compares from time to time where watching is impossible, and says so once', () => {
    const fake = fakeSystem({ [path]: 'a' })
    fake.broken.add('/etc/app')
    const { events } = start(fake)
    expect(events.degraded).toBe(1)

    fake.advance(4_000)
    fake.contents[path] = 'b'
    fake.advance(2_000)
    expect(events).toEqual({ changed: 1, degraded: 1 })
    fake.contents[path] = 'c'
    fake.advance(5_000)

    expect(events).toEqual({ changed: 2, degraded: 1 })
  })

  it('goes on after a watcher failed, and watches again when that is possible', () => {
    const fake = fakeSystem({ [path]: 'a' })
    const { events } = start(fake)
    const [watched] = fake.watchers.values()

    watched?.failed(new Error('gone'))
    expect(events.degraded).toBe(1)
    expect(fake.watchers.size).toBe(0)
    fake.advance(5_000)

    expect(fake.watchers.size).toBe(1)
  })

  it('ends everything when it is closed', () => {
    const fake = fakeSystem({ [path]: 'b' })
    fake.broken.add('/etc/app')
    const { watcher, events } = start(fake)

    watcher.close()
    watcher.close()
    fake.advance(60_000)

    expect(fake.pending()).toBe(0)
    expect(fake.watchers.size).toBe(0)
    expect(events.changed).toBe(0)
  })
})

describe('on a real file system', () => {
  function folder(): string {
    const path = mkdtempSync(join(tmpdir(), 'jackfield-watch-'))
    onTestFinished(() => rmSync(path, { recursive: true, force: true }))
    return path
  }

  function changeOf(file: string, text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const known = new Map([[file, contentDigest(Buffer.from(text))]])
      const watcher = new FileWatcher(known, { changed: resolve, degraded: reject })
      onTestFinished(() => watcher.close())
    })
  }

  it('notices a file that is written in place', async () => {
    const file = join(folder(), 'config.yaml')
    writeFileSync(file, 'a')
    const changed = changeOf(file, 'a')

    writeFileSync(file, 'b')

    await changed
  })

  it('notices a file that is replaced by another', async () => {
    const file = join(folder(), 'config.yaml')
    writeFileSync(file, 'a')
    const changed = changeOf(file, 'a')

    writeFileSync(`${file}.new`, 'b')
    renameSync(`${file}.new`, file)

    await changed
  })

  it('notices a container mount whose data folder is swapped', async () => {
    const mount = folder()
    const file = join(mount, 'config.yaml')
    for (const version of ['1', '2']) {
      mkdirSync(join(mount, version))
      writeFileSync(join(mount, version, 'config.yaml'), version)
    }
    symlinkSync('1', join(mount, '..data'))
    symlinkSync(join('..data', 'config.yaml'), file)
    const changed = changeOf(file, '1')

    symlinkSync('2', join(mount, '..data_tmp'))
    renameSync(join(mount, '..data_tmp'), join(mount, '..data'))

    await changed
  })
})
