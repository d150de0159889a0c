/** Decodes `%XX` of printable ASCII characters. Every other `%` stands for itself, so no decoding can yield a control character. */
export function decodeText(text: string): string {
  if (!text.includes('%')) return text
  return text.replace(/%(?:[2-6][0-9a-f]|7[0-9a-e])/gi, (sequence) =>
    String.fromCharCode(Number.parseInt(sequence.slice(1), 16)),
  )
}

/** Encodes the characters of a model id that would mean something else in a selector. */
export function encodeText(text: string): string {
  return text.replace(/[!%&,?[\]^| ]/g, encodeCharacter)
}

/** Like {@link encodeText}, for a name that ends at the first `:`. */
export function encodeTarget(text: string): string {
  return encodeText(text).replace(/[/:]/g, encodeCharacter)
}

/** `%XX` of one ASCII character. */
export function encodeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}
