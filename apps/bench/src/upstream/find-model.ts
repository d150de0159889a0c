const searchBytes = 4_096

/**
 * The `model` of a request that the driver wrote: near the head, else near the tail. A search and not a parse, because the driver's texts
 * never hold this member's name and the upstream shares its core with the driver.
 */
export function findModel(body: readonly Buffer[]): string | undefined {
  return matchModel(takeHead(body)) ?? matchModel(takeTail(body))
}

function matchModel(text: string): string | undefined {
  return /"model"\s*:\s*"([^"\\]{1,100})"/.exec(text)?.[1]
}

function takeHead(body: readonly Buffer[]): string {
  let text = ''
  for (const bytes of body) {
    text += bytes.toString('latin1', 0, Math.min(bytes.length, searchBytes - text.length))
    if (text.length >= searchBytes) break
  }
  return text
}

function takeTail(body: readonly Buffer[]): string {
  let text = ''
  for (let index = body.length - 1; index >= 0 && text.length < searchBytes; index -= 1) {
    const bytes = body[index]
    if (bytes === undefined) break
    text = bytes.toString('latin1', Math.max(0, bytes.length - searchBytes + text.length)) + text
  }
  return text
}
