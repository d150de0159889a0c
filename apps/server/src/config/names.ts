const longestShown = 80

/**
 * A name that somebody wrote, quoted for a message. A key, path or model that landed in the wrong place is shown, but
 * what might be a credential there is not: `(a name of 51 characters, not shown)`.
 */
export function quoteName(name: string): string {
  return isShowable(name) ? `"${name}"` : `(a name of ${name.length} characters, not shown)`
}

/** A dotted path with the steps left out that might be credentials. */
export function showPath(path: string): string {
  const steps = path
    .split('.')
    .map((step) => (isShowable(step.replaceAll(/[[\]]/g, '')) ? step : '…'))
  return path === '' ? '' : steps.join('.')
}

/** Whether a name looks like one, and not like a credential in its place. */
export function isShowable(name: string): boolean {
  if (name === '' || name.length > longestShown || !/^[\w@./:~^|!-]+$/.test(name)) return false
  return name.split(/[^A-Za-z0-9]+/).every((word) => !looksRandom(word))
}

/** Whether a text of several words and signs looks like words, and not like a credential in their place. */
export function isShowableText(text: string): boolean {
  if (text.length > 400 || !/^[\x20-\x7e]*$/.test(text)) return false
  return text.split(/[^A-Za-z0-9]+/).every((word) => !looksRandom(word))
}

/** Random text changes between capitals, small letters and digits more often than words and versions do. */
function looksRandom(word: string): boolean {
  if (word.length < 8) return false
  let changes = 0
  for (let at = 1; at < word.length; at += 1) {
    if (letterKind(word, at) !== letterKind(word, at - 1)) changes += 1
  }
  return changes >= 3 || word.length > 24
}

function letterKind(word: string, at: number): 'digit' | 'capital' | 'small' {
  const code = word.charCodeAt(at)
  if (code <= 57) return 'digit'
  return code <= 90 ? 'capital' : 'small'
}

/** The candidate that a misspelt name most likely means, or nothing if none is near. */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > longestShown) return undefined
  const wanted = foldName(name)
  let best: { name: string; distance: number } | undefined
  for (const candidate of candidates) {
    const distance = editDistance(wanted, foldName(candidate))
    if (distance <= tolerance(candidate) && distance < (best?.distance ?? Number.POSITIVE_INFINITY))
      best = { name: candidate, distance }
  }
  return best?.name
}

/** `baseUrl`, `base-url` and `BASE_URL` are all near `base_url`. */
function foldName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

function tolerance(candidate: string): number {
  return Math.max(1, Math.floor(candidate.length / 3))
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one text into the other. */
function editDistance(a: string, b: string): number {
  let beforePrevious: readonly number[] = []
  let previous: readonly number[] = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1]
      const swapped = row > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      current[column] = Math.min(
        cell(previous, column) + 1,
        cell(current, column - 1) + 1,
        cell(previous, column - 1) + (same ? 0 : 1),
        swapped ? cell(beforePrevious, column - 2) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    beforePrevious = previous
    previous = current
  }
  return cell(previous, b.length)
}

function cell(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
