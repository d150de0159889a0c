import { configSchema } from './schema.ts'
import { ownKeywords, type SchemaNode, schemaNode } from './schema-node.ts'

/** A schema of plain JSON Schema keywords. */
export type EditorSchema = Readonly<Record<string, unknown>>

/**
 * The JSON Schema of the configuration file for editors: what the server accepts, with the other spellings of keys, and
 * without keywords that only this program knows. The options of the backends' packages are left open.
 */
export function editorSchema(): EditorSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Jackfield configuration',
    ...convert(schemaNode(configSchema)),
  }
}

function convert(schema: SchemaNode): EditorSchema {
  const { properties, patternProperties, items, anyOf, required, ...rest } = schema
  const own = Object.entries(rest).filter(([keyword]) => !ownKeywords.has(keyword))
  const demanded = required?.filter((name) => properties?.[name]?.default === undefined) ?? []
  const plain: EditorSchema = {
    ...Object.fromEntries(own),
    ...(demanded.length > 0 && { required: demanded }),
    ...(properties && { properties: convertProperties(properties) }),
    ...(patternProperties && { patternProperties: convertEach(patternProperties) }),
    ...(items && { items: convert(items) }),
    ...(anyOf && { anyOf: anyOf.map(convert) }),
  }
  return schema.commas ? orText(plain) : plain
}

function convertEach(schemas: Readonly<Record<string, SchemaNode>>): EditorSchema {
  return Object.fromEntries(Object.entries(schemas).map(([name, each]) => [name, convert(each)]))
}

function convertProperties(properties: Readonly<Record<string, SchemaNode>>): EditorSchema {
  const spelt = Object.entries(properties).flatMap(([name, member]) => {
    const others = (member.alias ?? []).filter((alias) => !alias.includes('.'))
    return [name, ...others].map((spelling) => [spelling, convert(member)])
  })
  return Object.fromEntries(spelt)
}

/** A list that may also be one text with commas. */
function orText({ description, default: standard, ...list }: EditorSchema): EditorSchema {
  return {
    ...(description === undefined ? {} : { description }),
    ...(standard === undefined ? {} : { default: standard }),
    anyOf: [list, { type: 'string' }],
  }
}
