import { readRecordings } from '../../../dialect-kit/test/support/recordings.ts'

export const { answers, recording, recordings, streams } = readRecordings(
  new URL('../fixtures/', import.meta.url),
)
