import { type Framing, type Headers, headerValue } from '@jackfield/core'

/**
 * How an answer is framed, from its content type. Types that say nothing (`text/plain`, none) are taken for what was
 * asked: several servers send good streams under a wrong name.
 */
export function detectFraming(headers: Headers, asked: Framing): Framing {
  const type = mediaType(headers)
  if (type === 'text/event-stream') return 'sse'
  if (type === 'application/json' || type.endsWith('+json')) {
    return asked === 'json-array' ? 'json-array' : 'json'
  }
  return asked
}

/** Lower-case media type without parameters; empty where there is none. */
export function mediaType(headers: Headers): string {
  const [type = ''] = (headerValue(headers, 'content-type') ?? '').split(';', 1)
  return type.trim().toLowerCase()
}
