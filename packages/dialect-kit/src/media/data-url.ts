import type { MediaSource } from '@jackfield/core'
import { sniffMediaType } from './media-type.ts'

/** What a `data:` URL holds. */
export interface DataUrl {
  /** As written; absent where the URL names none. */
  readonly mediaType?: string
  /** Base64, whether the URL has it so or percent-encoded. */
  readonly data: string
}

/** The content of a `data:` URL; `undefined` for other URLs, and for one without a comma. */
export function parseDataUrl(url: string): DataUrl | undefined {
  const comma = isDataUrl(url) ? url.indexOf(',') : -1
  if (comma === -1) return undefined
  const [type, ...parameters] = url.slice('data:'.length, comma).split(';')
  const payload = url.slice(comma + 1)
  const isBase64 = parameters.some((parameter) => parameter.trim().toLowerCase() === 'base64')
  const data = isBase64 ? payload : Buffer.from(percentDecode(payload)).toString('base64')
  return { ...(type === undefined || type === '' ? {} : { mediaType: type }), data }
}

/**
 * Where the bytes behind a URL are: inside it for a `data:` URL. A media type that is missing is guessed from the first
 * bytes, then from `fallback`. A `data:` URL without a comma stays a URL: whoever fetches it will say what is wrong.
 */
export function sourceOfUrl(url: string, fallback: string): MediaSource {
  const content = parseDataUrl(url)
  if (content === undefined) return { kind: 'url', url }
  const { data, mediaType = sniffMediaType(data) ?? fallback } = content
  return { kind: 'base64', mediaType, data }
}

function isDataUrl(url: string): boolean {
  return url.slice(0, 5).toLowerCase() === 'data:'
}

/** Base64 data as a `data:` URL. */
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
