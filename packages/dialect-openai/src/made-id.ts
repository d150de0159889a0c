/** The id of an answer that came without one, in the form that clients of this protocol know. */
export function madeId(prefix: 'chatcmpl-' | 'cmpl-', id: string): string {
  return id.startsWith(prefix) ? id : prefix + id
}
