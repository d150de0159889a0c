import { createFrameLocator, createSseFramer, createTail } from '@jackfield/core'
import { streamFrames } from '../../workload/answer.ts'
import type { MicroGroup } from '../registry.ts'

const tailBytes = 4_096

/** What one streamed frame costs when it is read, when it is only looked at, and when it is cut into two reads. */
export function sseGroup(): MicroGroup {
  const frame = streamFrames(1)[1]
  if (frame === undefined) throw new Error('a stream has a frame with content')
  const half = frame.length >> 1
  const parts = [frame.subarray(0, half), frame.subarray(half)]
  const payload = frame.toString('utf8', 'data: '.length, frame.length - 2)
  const whole = createSseFramer()
  const cut = createSseFramer()
  const parsed = createSseFramer()
  const locator = createFrameLocator()
  const tail = createTail(tailBytes)
  return {
    title: `Frame of ${frame.length} B`,
    cases: [
      { name: 'JSON.parse of the payload', call: () => JSON.parse(payload) },
      {
        name: 'decode, split, parse',
        call: () =>
          frame
            .toString()
            .split('\n')
            .filter((line) => line.startsWith('data: '))
            .map((line) => JSON.parse(line.slice(6))),
      },
      { name: 'framer', call: () => whole.push(frame) },
      { name: 'framer, cut into two reads', call: () => parts.map((part) => cut.push(part)) },
      {
        name: 'framer and JSON.parse',
        call: () => parsed.push(frame).map(({ data }) => JSON.parse(data)),
      },
      { name: 'frame locator', call: () => locator.push(frame) },
      { name: 'tail', call: () => tail.push(frame) },
    ],
  }
}
