const words =
  'the file reads stream value when each request opens returns number before after limit test error line state cache'.split(
    ' ',
  )

const codeLines = [
  "  const entry = table.get(key) ?? { count: 0, label: 'none' }",
  '\tif (value === "\\n" || value === \'"\') {',
  '    return render(entry, { deep: true, limit: 1_000, label: "\\u00e4" })',
  '  } // größer als 10 → über die Grenze',
  '  items.push({ "name": "a\\"b", "path": "C:\\\\temp\\\\x" })',
]

/** ASCII prose without anything that JSON escapes, exactly `length` characters (and bytes) long. */
export function proseText(seed: number, length: number): string {
  const next = createGenerator(seed)
  let text = ''
  while (text.length < length) text += `${words[next() % words.length]} `
  return text.slice(0, Math.floor(length))
}

/** Source code of at least `length` characters: quotes, back-slashes, tabs, line ends and some non-ASCII. */
export function codeText(seed: number, length: number): string {
  const next = createGenerator(seed)
  let text = ''
  while (text.length < length) text += `${codeLines[next() % codeLines.length]}\n`
  return text
}

/** A linear congruential generator: the same numbers on every machine, so that all runs send the same bytes. */
function createGenerator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 8
  }
}
