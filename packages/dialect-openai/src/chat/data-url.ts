import type { MediaSource } from '@jackfield/core'
import { sniffMediaType } from './media-type.ts'

/**
 * Where the bytes behind a URL are: inside it for a `data:` URL. A media type that is missing is guessed from the first
 * bytes, then from `fallback`. A `data:` URL without a comma stays a URL: whoever fetches it will say what is wrong.
 */
export function sourceOfUrl(url: string, fallback: string): MediaSource {
  const comma = isDataUrl(url) ? url.indexOf(',') : -1
  if (comma === -1) return { kind: 'url', url }
  const [type, ...parameters] = url.slice('data:'.length, comma).split(';')
  const payload = url.slice(comma + 1)
  const isBase64 = parameters.some((parameter) => parameter.trim().toLowerCase() === 'base64')
  const data = isBase64 ? payload : Buffer.from(percentDecode(payload)).toString('base64')
  const mediaType = type === undefined || type === '' ? sniffMediaType(data) : type
  return { kind: 'base64', mediaType: mediaType ?? fallback, data }
}

function isDataUrl(url: string): boolean {
  return url.slice(0, 5).toLowerCase() === 'data:'
}

export function dataUrl(mediaType: string, data: string): string {
  return `data:${mediaType};base64,${data}`
}

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
