import { sseFrame } from '../sse-frame.ts'

/** The chunks of a stream as events (`alt=sse`): CRLF line ends unless told otherwise, no names, no terminator. */
export function geminiSse(
  chunks: readonly unknown[],
  frame: { readonly crlf?: boolean } = {},
): readonly string[] {
  return chunks.map((chunk) => sseFrame(chunk, { crlf: frame.crlf ?? true }))
}

/** The chunks of a stream as one JSON array whose members arrive over time (no `alt`). The last piece closes it. */
export function geminiArray(chunks: readonly unknown[]): readonly string[] {
  const members = chunks.map(
    (chunk, index) => `${index === 0 ? '[' : ',\r\n'}${JSON.stringify(chunk)}\n`,
  )
  return [...(members.length === 0 ? ['['] : members), ']']
}
