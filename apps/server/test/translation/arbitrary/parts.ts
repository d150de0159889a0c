import type {
  CacheMark,
  MediaPart,
  OpaqueState,
  ProviderPart,
  ReasoningPart,
  TextPart,
  UserPart,
} from '@jackfield/core'
import fc from 'fast-check'
import { text } from './texts.ts'

/** A PNG of one pixel. */
export const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='

/** The shortest thing that says it is a PDF. */
const pdf = Buffer.from('%PDF-1.4\n%%EOF').toString('base64')

/** Absent in so many cases of one more. */
export function optional<T>(value: fc.Arbitrary<T>, absent = 2): fc.Arbitrary<T | undefined> {
  return fc.oneof(
    { weight: absent, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: value },
  )
}

/** Leaves out what is undefined: absent means absent. */
export function present<T extends object>(
  object: T,
): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  const members = Object.entries(object).filter(([, value]) => value !== undefined)
  return Object.fromEntries(members) as { [Key in keyof T]: Exclude<T[Key], undefined> }
}

export const cache: fc.Arbitrary<CacheMark> = fc.constantFrom({}, { ttl: '5m' }, { ttl: '1h' })

const rarely = <T>(value: fc.Arbitrary<T>) => optional(value, 8)

export const textPart: fc.Arbitrary<TextPart> = fc
  .record({ type: fc.constant('text' as const), text, cache: rarely(cache) })
  .map(present)

export const imagePart: fc.Arbitrary<MediaPart> = fc
  .record({
    type: fc.constant('image' as const),
    source: fc.constantFrom<MediaPart['source']>(
      { kind: 'base64', mediaType: 'image/png', data: pixel },
      { kind: 'base64', mediaType: 'image/jpeg', data: '/9j/4AAQ' },
      { kind: 'url', url: 'https://media.test/cat.png' },
    ),
    detail: rarely(fc.constantFrom('low' as const, 'high' as const)),
    cache: rarely(cache),
  })
  .map(present)

export const filePart: fc.Arbitrary<MediaPart> = fc
  .record({
    type: fc.constant('file' as const),
    source: fc.constantFrom<MediaPart['source']>(
      { kind: 'base64', mediaType: 'application/pdf', data: pdf },
      { kind: 'url', url: 'https://media.test/paper.pdf' },
      { kind: 'text', mediaType: 'text/plain', text: 'All the words.' },
    ),
    name: optional(fc.constantFrom('paper.pdf', 'notes (1).txt')),
    cache: rarely(cache),
  })
  .map(present)

/** What only some protocols can carry at all; the others refuse it. */
export const soundPart: fc.Arbitrary<MediaPart> = fc.constantFrom<MediaPart>(
  { type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'UklGRg==' } },
  { type: 'video', source: { kind: 'url', url: 'https://media.test/film.mp4' } },
)

/** Parts that are one protocol's own. */
export const userProviderPart: fc.Arbitrary<ProviderPart> = fc.constantFrom<ProviderPart>(
  { type: 'provider', dialect: 'anthropic-messages', value: { type: 'search_result', title: 'a' } },
  { type: 'provider', dialect: 'openai-chat', value: { type: 'document_url', document_url: 'u' } },
  { type: 'provider', dialect: 'gemini', value: { videoMetadata: { fps: 1 } } },
)

export const userPart: fc.Arbitrary<UserPart> = fc.oneof(
  { weight: 6, arbitrary: textPart },
  { weight: 2, arbitrary: imagePart },
  { weight: 2, arbitrary: filePart },
)

/** State of another provider, which stays at home, and state that nobody labelled. */
const state: fc.Arbitrary<OpaqueState> = fc.constantFrom<OpaqueState>(
  { kind: 'signature', data: 'sig-a', origin: { dialect: 'anthropic-messages', scope: 'x' } },
  {
    kind: 'redacted-thinking',
    data: 'red-a',
    origin: { dialect: 'anthropic-messages', scope: 'x' },
  },
  { kind: 'thought-signature', data: 'c2lnLWc=', origin: { dialect: 'gemini', scope: 'x' } },
  {
    kind: 'encrypted-content',
    data: 'enc-r',
    id: 'rs_1',
    origin: { dialect: 'openai-responses', scope: 'x' },
  },
)

export const reasoningPart: fc.Arbitrary<ReasoningPart> = fc
  .record({
    type: fc.constant('reasoning' as const),
    form: fc.constantFrom('summary' as const, 'raw' as const),
    text,
    state: optional(state.map((one) => [one])),
  })
  .map(present)
