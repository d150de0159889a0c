import { expect } from 'vitest'
import type { Json } from './asking.ts'

/** The events of a stream that has an `event:` line over each, which must say what the event says itself. */
export function typed(body: string): readonly Json[] {
  const frames = body.split('\n\n').filter((frame) => frame !== '')
  return frames.map((frame) => {
    const lines = frame.split('\n')
    const name = lines.find((line) => line.startsWith('event:'))
    const data = lines.find((line) => line.startsWith('data:')) ?? ''
    const event = JSON.parse(data.replace(/^data: /, '')) as Json
    expect(name).toBe(`event: ${event['type']}`)
    return event
  })
}
