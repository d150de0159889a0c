import type { JsonObject } from '@jackfield/core'

/** The schema of an answer with its description inside, for protocols that have no other place for it. */
export function describedSchema({
  schema,
  description,
}: {
  readonly schema: JsonObject
  readonly description?: string
}): JsonObject {
  const isSaid = description === undefined || schema['description'] !== undefined
  return isSaid ? schema : { description, ...schema }
}
