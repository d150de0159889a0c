import { readFileSync } from 'node:fs'

const NAMES = [
  'huggingface-stream-1cb7f1', // data only
  'openrouter-stream-31d1f3', // comments
  'myorg-myaccount-snowflakecomputing-stream-1c4494', // characters of several bytes
  'google-stream-39a50c', // CRLF
] as const

/** Bodies of real streams, by name. */
export const recordings: readonly (readonly [name: string, body: string])[] = NAMES.map((name) => {
  const file = new URL(`../fixtures/${name}.json`, import.meta.url)
  const { responseBody }: { responseBody: string } = JSON.parse(readFileSync(file, 'utf8'))
  return [name, responseBody]
})
