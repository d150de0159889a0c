/** First characters of base64 text, for data that came without a media type. */
const signatures: readonly (readonly [prefix: string, mediaType: string])[] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
  ['JVBERi0', 'application/pdf'],
]

/** Media type of base64 data by its first bytes. */
export function sniffMediaType(data: string): string | undefined {
  return signatures.find(([prefix]) => data.startsWith(prefix))?.[1]
}

const audioTypes: Readonly<Record<string, string>> = {
  wav: 'audio/wav',
  mp3: 'audio/mpeg',
  pcm16: 'audio/pcm',
}

const audioFormats: Readonly<Record<string, string>> = {
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/wave': 'wav',
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
  'audio/pcm': 'pcm16',
}

/** Media type of an audio `format`. */
export function mediaTypeOfAudio(format: string): string {
  return audioTypes[format] ?? `audio/${format}`
}

/** The `format` of an audio media type. */
export function audioFormatOf(mediaType: string): string {
  return audioFormats[mediaType] ?? mediaType.slice(mediaType.indexOf('/') + 1)
}
