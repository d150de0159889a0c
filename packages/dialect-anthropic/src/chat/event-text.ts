import { type JsonObject, sseEvent } from '@jackfield/core'

/** An event of this protocol: its name stands in its data as well. */
export function eventText(payload: JsonObject & { readonly type: string }): string {
  return sseEvent(payload.type, JSON.stringify(payload))
}

export function blockStart(index: number, block: JsonObject): string {
  return eventText({ type: 'content_block_start', index, content_block: block })
}

export function blockStop(index: number): string {
  return `event: content_block_stop\ndata: {"type":"content_block_stop","index":${index}}\n\n`
}

/** A delta whose one value is still to come, so that nothing is put together anew for every piece of a text. */
export function deltaHead(index: number, type: string, member: string): string {
  return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"${type}","${member}":`
}

/** What follows the value. */
export const deltaTail = '}}\n\n'

/** A block that comes whole, without deltas. */
export function wholeBlock(index: number, block: JsonObject): string {
  return blockStart(index, block) + blockStop(index)
}
