import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { isAbsolute, relative } from 'node:path'

/** Reads a whole file. Throws what `node:fs` throws, or an error whose message says why the file is not acceptable. */
export type ReadFile = (path: string) => Uint8Array

const largestFile = 4 * 1024 * 1024

/** Reads a regular file of reasonable size. A pipe or device is refused: reading it could take for ever. */
export const readSmallFile: ReadFile = (path) => {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const stat = fstatSync(file)
    if (!stat.isFile()) throw new Error('it is not a regular file')
    if (stat.size > largestFile) throw new Error('it is larger than 4 MB')
    return readFileSync(file)
  } finally {
    closeSync(file)
  }
}

/** What identifies the content of a file. */
export function contentDigest(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

/** The text of a file's content, or `undefined` if it is not UTF-8. A byte order mark is dropped. */
export function decodeText(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    return undefined
  }
}

/** Why a file could not be read, in words, without what it holds. */
export function readFailure(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'it does not exist'
  if (code === 'EACCES' || code === 'EPERM') return 'reading it is not permitted'
  if (code === 'EISDIR') return 'it is a folder'
  if (typeof code === 'string') return `reading it failed with ${code}`
  return error instanceof Error ? error.message : 'reading it failed'
}

/** Whether a file is simply not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

/** A path as people wrote it or would: relative to the working folder if it lies inside. */
export function displayPath(path: string, folder: string): string {
  const short = relative(folder, path)
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short
}
