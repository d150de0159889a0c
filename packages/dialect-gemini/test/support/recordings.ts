import { readdirSync, readFileSync } from 'node:fs'

/** A real exchange with a provider, cleaned; `source` names the public test data that it was taken from. */
export interface Recording {
  readonly file: string
  readonly provider: string
  readonly stream: boolean
  readonly request: Record<string, unknown>
  readonly status: number
  readonly contentType: string
  readonly responseBody: string
  readonly source: string
}

const folder = new URL('../fixtures/', import.meta.url)

export const recordings: readonly Recording[] = readdirSync(folder).map((file) => ({
  ...JSON.parse(readFileSync(new URL(file, folder), 'utf8')),
  file,
}))

export const streams = recordings.filter(({ stream }) => stream)

export const answers = recordings.filter(({ stream, status }) => !stream && status === 200)

export function recording(start: string): Recording {
  const found = recordings.find(({ file }) => file.startsWith(start))
  if (found === undefined) throw new Error(`no recording ${start}`)
  return found
}
