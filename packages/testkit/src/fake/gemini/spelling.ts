import { isObject } from '../strict/shape.ts'
import type { FieldType, GeminiSurface, MessageType } from './message-type.ts'

/** A field that its message does not have. */
export interface Stray {
  /** The message that it stands in. */
  readonly at: string
  readonly name: string
  readonly type: MessageType
}

/**
 * The same message with every known field in camelCase: both spellings are accepted at every level (Gemini, 4.1). What stands in free
 * JSON stays as it is, and so do unknown names and the second spelling of a field that is given in both.
 */
export function camelCased(value: unknown, type: MessageType): unknown {
  if (Array.isArray(value)) return value.map((item) => camelCased(item, type))
  if (!isObject(value)) return value
  const fields = type.fields()
  const entries = Object.entries(value).map(([name, member]) => {
    const known = knownName(name, fields, value)
    return [known, inner(member, Object.hasOwn(fields, known) ? fields[known] : undefined)]
  })
  return Object.fromEntries(entries)
}

function inner(value: unknown, field: FieldType | undefined): unknown {
  if (field?.of) return camelCased(value, field.of)
  const { mapOf } = field ?? {}
  if (!mapOf || !isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, camelCased(member, mapOf)]),
  )
}

function knownName(
  name: string,
  fields: Readonly<Record<string, FieldType>>,
  among: Readonly<Record<string, unknown>>,
): string {
  if (Object.hasOwn(fields, name)) return name
  const camel = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
  return Object.hasOwn(fields, camel) && !Object.hasOwn(among, camel) ? camel : name
}

/** The unknown fields of a message in camelCase, outermost first in the order of the text. */
export function* straysOf(
  value: unknown,
  type: MessageType,
  place: { readonly at: string; readonly surface: GeminiSurface },
): Generator<Stray> {
  const { at, surface } = place
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      yield* straysOf(item, type, { at: `${at}[${index}]`, surface })
    }
    return
  }
  if (!isObject(value)) return
  const fields = type.fields()
  for (const [name, member] of Object.entries(value)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    const known = field !== undefined && (field.only ?? surface) === surface
    if (!known) yield { at, name, type }
    else yield* innerStrays(member, field, { at: at === '' ? name : `${at}.${name}`, surface })
  }
}

function* innerStrays(
  value: unknown,
  field: FieldType,
  place: { readonly at: string; readonly surface: GeminiSurface },
): Generator<Stray> {
  if (field.of) yield* straysOf(value, field.of, place)
  if (!field.mapOf || !isObject(value)) return
  for (const [key, member] of Object.entries(value)) {
    yield* straysOf(member, field.mapOf, { ...place, at: `${place.at}.${key}` })
  }
}
