/** Place of the line feed that ends the line at `at`, or the end of the text. */
export function findLineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end
}
