import type { FunctionTool, JsonObject } from '@jackfield/core'
import type { Path } from './path.ts'
import { optionalBoolean, optionalObject, optionalString, requireString } from './read-members.ts'

/**
 * The function that a tool's object describes, whose schema stands in the member `schema`. Members of other names are for the dialect.
 *
 * @throws GatewayError `invalid_request` where the name is missing or a member is of another type.
 */
export function readFunctionTool(
  body: JsonObject,
  path: Path,
  schema = 'parameters',
): FunctionTool {
  const description = optionalString(body, 'description', path)
  const parameters = optionalObject(body, schema, path)
  const strict = optionalBoolean(body, 'strict', path)
  return {
    type: 'function',
    name: requireString(body, 'name', path),
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(strict === undefined ? {} : { strict }),
  }
}
