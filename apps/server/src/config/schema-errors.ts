import type { TLocalizedValidationError } from 'typebox/error'
import { Errors, type XSchema } from 'typebox/schema'
import { Settings } from 'typebox/system'
import type { SchemaNode } from './schema-node.ts'

const mostErrors = 1_000

/** Everything that a JSON Schema says against a value. Throws if the schema itself is broken. */
export function schemaErrors(
  schema: SchemaNode,
  value: unknown,
): readonly TLocalizedValidationError[] {
  // typebox stops at eight errors by a global setting; ours are all told, and other users keep theirs.
  const { maxErrors } = Settings.Get()
  Settings.Set({ maxErrors: mostErrors })
  try {
    const [, errors] = Errors(schema as XSchema, value)
    return errors
  } finally {
    Settings.Set({ maxErrors })
  }
}
