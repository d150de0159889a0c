import { realpathSync, watch as watchFolder } from 'node:fs'
import { dirname } from 'node:path'
import { type Clock, systemClock, type Timer } from '@jackfield/core'
import { contentDigest, type ReadFile, readSmallFile } from './source-files.ts'

/** Something that can be ended. */
export interface Closable {
  close(): void
}

export interface WatchEvents {
  /** The content of a file is another than it was. The files may have been replaced more than once since. */
  changed(): void
  /** Changes cannot be noticed by events, or not any more: the files are compared from time to time instead. */
  degraded(error: Error): void
}

/** What the watcher needs of the system. */
export interface WatchSystem {
  readonly readFile: ReadFile
  readonly clock: Clock
  /** The path behind symbolic links; throws when it is gone. */
  realPath(path: string): string
  /** Calls back after any change in a folder. */
  watchFolder(folder: string, changed: () => void, failed: (error: Error) => void): Closable
}

const nodeSystem: WatchSystem = {
  readFile: readSmallFile,
  clock: systemClock,
  realPath: (path) => realpathSync(path),
  watchFolder(folder, changed, failed) {
    const watcher = watchFolder(folder, { persistent: false }, changed)
    watcher.on('error', failed)
    return watcher
  },
}

/** Editors write in several steps; half a file is no news. */
const quietMs = 200
const pollMs = 5_000

/**
 * Watches files for changed content. It watches the folders that hold them and those that symbolic links lead to, since
 * editors and container platforms replace files by renaming others over them. A file that vanishes is no change: it is
 * about to come back, or the operator has a reason.
 */
export class FileWatcher {
  readonly #events: WatchEvents
  readonly #system: WatchSystem
  readonly #folders = new Map<string, Closable>()
  #digests: Map<string, string>
  #quiet: Timer | undefined
  #poll: Timer | undefined
  #isClosed = false

  /** Takes the files that are in use: absolute path → digest of the content, as `LoadedConfig.files` has them. */
  constructor(
    files: ReadonlyMap<string, string>,
    events: WatchEvents,
    system: WatchSystem = nodeSystem,
  ) {
    this.#events = events
    this.#system = system
    this.#digests = new Map(files)
    this.#watchFolders()
    this.#compareSoon() // what changed between reading and watching has no event
  }

  /** Watches other files from now on, as a reload has found them. */
  replace(files: ReadonlyMap<string, string>): void {
    this.#digests = new Map(files)
    this.#watchFolders()
    this.#compareSoon()
  }

  /** Ends it. Idempotent; nothing is told any more. */
  close(): void {
    this.#isClosed = true
    this.#quiet?.cancel()
    this.#poll?.cancel()
    for (const watcher of this.#folders.values()) watcher.close()
    this.#folders.clear()
  }

  #compareSoon(): void {
    this.#quiet?.cancel()
    if (!this.#isClosed) this.#quiet = this.#system.clock.after(quietMs, () => this.#compare())
  }

  #compare(): void {
    this.#watchFolders()
    let isChanged = false
    for (const [path, known] of this.#digests) {
      const digest = digestOf(path, this.#system.readFile)
      if (digest === undefined || digest === known) continue
      this.#digests.set(path, digest)
      isChanged = true
    }
    if (isChanged) this.#events.changed()
  }

  #watchFolders(): void {
    const needed = foldersOf(this.#digests.keys(), this.#system)
    for (const folder of [...this.#folders.keys()]) {
      if (!needed.has(folder)) this.#forget(folder)
    }
    for (const folder of needed) {
      if (!this.#folders.has(folder)) this.#watchFolder(folder)
    }
  }

  #watchFolder(folder: string): void {
    const failed = (error: Error) => {
      this.#forget(folder)
      this.#degrade(error)
    }
    try {
      const watcher = this.#system.watchFolder(folder, () => this.#compareSoon(), failed)
      this.#folders.set(folder, watcher)
    } catch (error) {
      this.#degrade(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #forget(folder: string): void {
    this.#folders.get(folder)?.close()
    this.#folders.delete(folder)
  }

  #degrade(error: Error): void {
    if (this.#isClosed || this.#poll !== undefined) return
    this.#pollSoon()
    this.#events.degraded(error)
  }

  #pollSoon(): void {
    this.#poll = this.#system.clock.after(pollMs, () => {
      this.#compare()
      if (!this.#isClosed) this.#pollSoon()
    })
  }
}

function digestOf(path: string, readFile: ReadFile): string | undefined {
  try {
    return contentDigest(readFile(path))
  } catch {
    return undefined
  }
}

function foldersOf(paths: Iterable<string>, { realPath }: WatchSystem): ReadonlySet<string> {
  const folders = new Set<string>()
  for (const path of paths) {
    folders.add(dirname(path))
    try {
      folders.add(dirname(realPath(path)))
    } catch {
      // gone for the moment
    }
  }
  return folders
}
