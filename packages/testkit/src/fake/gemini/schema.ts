import {
  anyObject,
  anyText,
  type Check,
  firstProblem,
  flag,
  integerIn,
  isObject,
  listOf,
  mapOf,
  oneOf,
  optionally,
  shape,
  text,
} from '../strict/shape.ts'

const typeNames = ['STRING', 'NUMBER', 'INTEGER', 'BOOLEAN', 'ARRAY', 'OBJECT', 'NULL']
const typeName = oneOf(...typeNames, ...typeNames.map((name) => name.toLowerCase()))
const format = oneOf('enum', 'date-time', 'int32', 'int64', 'float', 'double')
const count = integerIn(0)
const anyNumber: Check = (value, at) =>
  typeof value === 'number' ? undefined : { at, message: 'expected a number' }

const plainKeywords = shape(
  {},
  {
    type: typeName,
    format,
    title: anyText,
    description: anyText,
    nullable: flag,
    enum: listOf(anyText),
    required: listOf(text()),
    propertyOrdering: listOf(text()),
    pattern: anyText,
    minItems: count,
    maxItems: count,
    minLength: count,
    maxLength: count,
    minProperties: count,
    maxProperties: count,
    minimum: anyNumber,
    maximum: anyNumber,
    properties: anyObject,
    items: anyObject,
  },
)

/** The values of a schema of the OpenAPI subset in camelCase (Gemini, 4.2). Unknown keywords are the affair of another rule. */
export const schema: Check = (value, at) => {
  const problem = plainKeywords(value, at)
  if (problem || !isObject(value)) return problem
  return firstProblem(
    [
      [mapOf(schema), 'properties'],
      [schema, 'items'],
      [listOf(schema), 'anyOf'],
    ] as const,
    ([check, keyword]) => optionally(check)(value[keyword], `${at}.${keyword}`),
  )
}
