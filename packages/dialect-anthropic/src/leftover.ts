import type { Extensions, JsonObject } from '@jackfield/core'
import {
  extensionsOf as extensionsOfDialect,
  withLeftover as withLeftoverOfDialect,
} from '@jackfield/dialect-kit'
import { anthropicName } from './names.ts'

/** Members of a wire object that have no canonical name, as the `extensions` of a canonical one. */
export function extensionsOf(
  object: JsonObject,
  known: ReadonlySet<string>,
): { readonly extensions?: Extensions } {
  return extensionsOfDialect(object, known, anthropicName)
}

/** A wire object with the members that its canonical form could not hold. What the canonical form says wins. */
export function withLeftover(object: JsonObject, extensions: Extensions | undefined): JsonObject {
  return withLeftoverOfDialect(object, extensions, anthropicName)
}

/** What this dialect keeps in `extensions`. */
export function ownMembers(extensions: Extensions | undefined): JsonObject {
  return extensions?.[anthropicName] ?? {}
}
