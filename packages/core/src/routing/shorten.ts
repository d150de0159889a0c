/** A name from outside, short enough to be repeated in a message. */
export function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}
