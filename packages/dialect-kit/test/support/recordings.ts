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

export interface Recordings {
  readonly recordings: readonly Recording[]
  readonly streams: readonly Recording[]
  readonly answers: readonly Recording[]
  readonly failures: readonly Recording[]
  /** The first recording whose file name begins so. */
  recording(start: string): Recording
}

/** The recordings in a folder of fixtures. */
export function readRecordings(folder: URL): Recordings {
  const recordings: readonly Recording[] = readdirSync(folder).map((file) => ({
    ...JSON.parse(readFileSync(new URL(file, folder), 'utf8')),
    file,
  }))
  return {
    recordings,
    streams: recordings.filter(({ stream }) => stream),
    answers: recordings.filter(({ stream, status }) => !stream && status === 200),
    failures: recordings.filter(({ status }) => status >= 400),
    recording: (start) => {
      const found = recordings.find(({ file }) => file.startsWith(start))
      if (found === undefined) throw new Error(`no recording ${start}`)
      return found
    },
  }
}
