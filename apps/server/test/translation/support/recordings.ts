import { readdirSync, readFileSync } from 'node:fs'
import type { Protocol } from './protocols.ts'

/** A real stream of a provider, cleaned; `source` in the file names the public test data that it was taken from. */
export interface Recording {
  readonly file: string
  readonly from: Protocol
  readonly body: Uint8Array
}

const protocolNames: Readonly<Record<string, Protocol>> = {
  'openai-chat': 'chat',
  'openai-responses': 'responses',
  anthropic: 'anthropic',
  gemini: 'gemini',
}

const folder = new URL('../fixtures/', import.meta.url)

export const recordings: readonly Recording[] = readdirSync(folder).map((file) => {
  const { dialect, responseBody }: { readonly dialect: string; readonly responseBody: string } =
    JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
  const from = protocolNames[dialect]
  if (from === undefined) throw new Error(`${file} is of no known protocol`)
  return { file, from, body: Buffer.from(responseBody) }
})
