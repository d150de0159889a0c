import type { Framing } from '@jackfield/core'

const space = Buffer.from(' ')
const nothing = new Uint8Array(0)

/**
 * What a client may be sent while it waits: `event`, whole, in an event stream; before a JSON document and between the elements of an
 * array white space is allowed; opaque bytes tolerate nothing.
 */
export function createKeepAlive(event: string): (framing: Framing) => Uint8Array {
  const frame = Buffer.from(event)
  return (framing) => {
    switch (framing) {
      case 'sse':
        return frame
      case 'json':
      case 'json-array':
        return space
      case 'opaque':
        return nothing
      default:
        return framing satisfies never
    }
  }
}
