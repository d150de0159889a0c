/** The id of an answer that came without one, in the form that clients of a protocol know: with its prefix, once. */
export function madeId(prefix: string, id: string): string {
  return id.startsWith(prefix) ? id : prefix + id
}
