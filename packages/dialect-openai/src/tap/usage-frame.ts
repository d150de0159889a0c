import { createFrameLocator, isJsonObject } from '@jackfield/core'
import { eventsIn, parseJson } from '@jackfield/dialect-kit'

/** In every usage object, and hardly ever in anything else. */
const mark = Buffer.from('"prompt_tokens"')

const nothing = new Uint8Array(0)

/**
 * Whole frames without those that a provider sends only because the gateway asked for usage: no choice, but usage. Bytes without
 * a usage object come back as they are, which is found out without reading them.
 */
export function withoutUsageFrames(bytes: Uint8Array): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (!buffer.includes(mark)) return bytes
  const kept = framesIn(buffer).filter((frame) => !isUsageFrame(frame))
  const total = kept.reduce((sum, frame) => sum + frame.length, 0)
  if (total === bytes.length) return bytes
  return total === 0 ? nothing : Buffer.concat(kept, total)
}

/** The last one may lack its end. */
function framesIn(bytes: Buffer): Buffer[] {
  const ends = createFrameLocator().push(bytes)
  const starts = [0, ...ends]
  return starts
    .map((start, index) => bytes.subarray(start, ends[index] ?? bytes.length))
    .filter((frame) => frame.length > 0)
}

function isUsageFrame(frame: Buffer): boolean {
  if (!frame.includes(mark)) return false
  const [event] = eventsIn(frame)
  const chunk = event === undefined ? undefined : parseJson(event.data)
  if (!isJsonObject(chunk)) return false
  const { choices, usage } = chunk
  return Array.isArray(choices) && choices.length === 0 && isJsonObject(usage)
}
