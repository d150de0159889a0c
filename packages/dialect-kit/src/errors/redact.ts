/** How much of a provider's text a message of ours repeats, in UTF-16 code units. */
const maxLength = 300

const keyPrefixes = [
  'sk-',
  'pk-',
  'rk-',
  'gsk_',
  'nvapi-',
  'xai-',
  'aiza',
  'eyj',
  'hf_',
  'ya29.',
  'ghp_',
]

/**
 * A provider's own words, fit to be shown: one line, cut to 300 characters, without anything that looks like a key
 * (`sk-…`, what follows `Bearer`, long mixed tokens). Names of models stay, because people need them.
 */
export function redact(text: string): string {
  const line = text
    .slice(0, 4 * maxLength)
    .replaceAll(/\s+/g, ' ')
    .trim()
  let afterBearer = false
  const safe = line.replaceAll(/[A-Za-z0-9_.*+~-]+/g, (word) => {
    const hidden = looksSecret(word) || (afterBearer && word.length >= 6)
    afterBearer = word.toLowerCase() === 'bearer'
    return hidden ? '[redacted]' : word
  })
  return safe.length <= maxLength ? safe : `${safe.slice(0, maxLength - 1)}…`
}

function looksSecret(word: string): boolean {
  const lower = word.toLowerCase()
  if (lower.length >= 6 && keyPrefixes.some((prefix) => lower.startsWith(prefix))) return true
  return word.length >= 20 && word.split(/[._-]/).some(isMixed)
}

/** A long run of letters and digits without a break: a word of no language and no name of a model. */
function isMixed(run: string): boolean {
  return run.length >= 20 && /[0-9]/.test(run) && /[A-Za-z]/.test(run)
}
