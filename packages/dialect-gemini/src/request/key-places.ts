/** A key of either spelling: with its quotes, and its end, which begins with a letter that is rare in such bodies. */
interface Key {
  readonly whole: string
  readonly end: Buffer
}

function keyOf(name: string, end: string): Key {
  return { whole: `"${name}"`, end: Buffer.from(`${end}"`) }
}

/** Keys that are searched for, by their ends: several times faster than by their quotes, of which JSON is full. */
export const searchedKeys = {
  signature: [keyOf('thoughtSignature', 'Signature'), keyOf('thought_signature', '_signature')],
  call: [keyOf('functionCall', 'Call'), keyOf('function_call', '_call')],
  response: [keyOf('functionResponse', 'Response'), keyOf('function_response', '_response')],
} as const

/** Offsets behind all keys of a name, in order. A key with its quotes escaped stands in somebody's text. */
export function placesOf(bytes: Buffer, name: keyof typeof searchedKeys): readonly number[] {
  const places = searchedKeys[name].flatMap(({ whole, end }) => {
    const found: number[] = []
    for (let at = bytes.indexOf(end); at !== -1; at = bytes.indexOf(end, at + end.length)) {
      const behind = at + end.length
      if (isKey(bytes, whole, behind)) found.push(behind)
    }
    return found
  })
  return places.sort((one, other) => one - other)
}

function isKey(bytes: Buffer, whole: string, behind: number): boolean {
  const start = behind - whole.length
  if (start < 0 || bytes[start - 1] === BACKSLASH) return false
  return bytes.toString('latin1', start, behind) === whole
}

const BACKSLASH = 0x5c
