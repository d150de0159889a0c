import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'

/** Keywords that are taken over as they are. */
const plain = new Set([
  ...['title', 'description', 'default', 'minItems', 'maxItems', 'minimum', 'maximum'],
  ...['minLength', 'maxLength', 'pattern', 'minProperties', 'maxProperties', 'propertyOrdering'],
])

const formats: Readonly<Record<string, ReadonlySet<JsonValue | undefined>>> = {
  STRING: new Set(['date-time', 'enum']),
  INTEGER: new Set(['int32', 'int64']),
  NUMBER: new Set(['float', 'double']),
}

/** Schemas that one schema may become: references to each other would multiply without end. */
const maxSchemas = 2000

/** How deep they may stand in each other. Nobody reads deeper, and a stack has an end. */
const maxDepth = 100

interface Rewriting {
  readonly root: JsonObject
  /** References that are being followed. */
  readonly following: ReadonlySet<string>
  readonly count: { value: number }
  readonly depth: number
}

/**
 * JSON Schema as the OpenAPI subset that Gemini takes in `parameters` and `responseSchema` (protocol reference 4.2), where
 * everything else is an error: `const` is an enum of one, `oneOf` an `anyOf`, `allOf` one object, a type with null `nullable`;
 * references are inlined, and cut where they meet themselves. What cannot be said is left out.
 */
export function openApiSchema(schema: JsonObject): JsonObject {
  return rewrite(schema, { root: schema, following: new Set(), count: { value: 0 }, depth: 0 })
}

function rewrite(schema: JsonObject, outer: Rewriting): JsonObject {
  const context = deeper(outer)
  if (isTooMuch(context)) return { type: 'OBJECT' }
  const { $ref: reference, ...beside } = schema
  if (typeof reference === 'string') return follow(reference, beside, context)
  const { schema: merged, alternatives } = flatten(schema, context)
  const types = typesOf(merged)
  const named = types.filter((type) => type !== 'NULL')
  const listed = alternatives.filter((item) => !isNullSchema(item))
  const [only, second] = listed
  const isNullable =
    types.includes('NULL') || listed.length < alternatives.length || hasNull(merged)
  const nullable = isNullable ? { nullable: true } : {}
  // One alternative and null: the alternative itself, with what is said beside it.
  if (only !== undefined && second === undefined) {
    return { ...rewrite({ ...only, ...withoutType(merged) }, context), ...nullable }
  }
  if (listed.length > 0) {
    return { ...plainOf(merged), anyOf: listed.map((item) => rewrite(item, context)), ...nullable }
  }
  if (named.length > 1) return { ...anyTypes(merged, named, context), ...nullable }
  return { ...typed(merged, named[0] ?? guessType(merged), context), ...nullable }
}

/** Counts one more schema, inside another one. */
function deeper(context: Rewriting): Rewriting {
  context.count.value += 1
  return { ...context, depth: context.depth + 1 }
}

function isTooMuch({ count, depth }: Rewriting): boolean {
  return count.value > maxSchemas || depth > maxDepth
}

function withoutType(schema: JsonObject): JsonObject {
  const { type: _, ...rest } = schema
  return rest
}

/** A reference that meets itself, or leads nowhere, is an object of which nothing is known. */
function follow(reference: string, beside: JsonObject, context: Rewriting): JsonObject {
  const target = context.following.has(reference) ? undefined : resolve(reference, context.root)
  if (target === undefined) return { ...plainOf(beside), type: 'OBJECT' }
  const following = new Set([...context.following, reference])
  return rewrite({ ...target, ...beside }, { ...context, following })
}

function resolve(reference: string, root: JsonObject): JsonObject | undefined {
  if (!reference.startsWith('#')) return undefined
  let value: JsonValue | undefined = root
  for (const step of reference.split('/').slice(1)) {
    const name = decodeStep(step)
    if (Array.isArray(value)) value = value[Number(name)]
    else value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
  }
  return isJsonObject(value) ? value : undefined
}

function decodeStep(step: string): string {
  const text = step.replaceAll('~1', '/').replaceAll('~0', '~')
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

interface Flat {
  readonly schema: JsonObject
  readonly alternatives: readonly JsonObject[]
}

/** A schema with its `allOf` merged in, and the alternatives that it gives. */
function flatten(schema: JsonObject, context: Rewriting): Flat {
  const { allOf, anyOf, oneOf, ...rest } = schema
  const own = { schema: rest, alternatives: [...objectsIn(anyOf), ...objectsIn(oneOf)] }
  return objectsIn(allOf).reduce((flat: Flat, item) => {
    const inner = flattenPart(item, context)
    return {
      schema: mergeSchemas(flat.schema, inner.schema),
      alternatives: [...flat.alternatives, ...inner.alternatives],
    }
  }, own)
}

/** References inside `allOf` are followed at once, because the parts must be seen together. */
function flattenPart(part: JsonObject, outer: Rewriting): Flat {
  const context = deeper(outer)
  const { $ref: reference, allOf: _, ...beside } = part
  if (isTooMuch(context)) return { schema: beside, alternatives: [] }
  if (typeof reference !== 'string') return flatten(part, context)
  const { root, following } = context
  if (following.has(reference)) return { schema: beside, alternatives: [] }
  const { $ref: __, ...own } = part
  const target = { ...resolve(reference, root), ...own }
  return flatten(target, { ...context, following: new Set([...following, reference]) })
}

function mergeSchemas(one: JsonObject, other: JsonObject): JsonObject {
  const properties = { ...objectOf(one['properties']), ...objectOf(other['properties']) }
  const required = [...listOf(one['required']), ...listOf(other['required'])]
  return {
    ...other,
    ...one,
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
    ...(required.length === 0 ? {} : { required: [...new Set(required)] }),
  }
}

function typesOf({ type }: JsonObject): string[] {
  return (Array.isArray(type) ? type : [type])
    .filter((name) => typeof name === 'string')
    .map((name) => name.toUpperCase())
}

function isNullSchema(schema: JsonObject): boolean {
  return schema['type'] === 'null' || ('const' in schema && schema['const'] === null)
}

function hasNull(schema: JsonObject): boolean {
  return schema['nullable'] === true || listOf(schema['enum']).includes(null)
}

function anyTypes(schema: JsonObject, types: readonly string[], context: Rewriting): JsonObject {
  const { title, description, default: fallback, ...rest } = schema
  const about = plainOf({
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
  })
  return { ...about, anyOf: types.map((type) => typed(rest, type, context)) }
}

function guessType(schema: JsonObject): string | undefined {
  if (schema['properties'] !== undefined) return 'OBJECT'
  if (schema['items'] !== undefined || schema['prefixItems'] !== undefined) return 'ARRAY'
  const [first] = 'const' in schema ? [schema['const']] : listOf(schema['enum'])
  if (typeof first === 'string') return 'STRING'
  if (typeof first === 'number') return 'NUMBER'
  return typeof first === 'boolean' ? 'BOOLEAN' : undefined
}

function typed(schema: JsonObject, type: string | undefined, context: Rewriting): JsonObject {
  const format = schema['format']
  const result = {
    ...(type === undefined ? {} : { type }),
    ...withDescription(plainOf(schema), choicesOf(schema), type),
    ...(type !== undefined && formats[type]?.has(format) === true && format !== undefined
      ? { format }
      : {}),
    ...bounds(schema, type),
  }
  if (type === 'OBJECT') return { ...result, ...objectMembers(schema, context) }
  return type === 'ARRAY' ? { ...result, items: itemsOf(schema, context) } : result
}

function plainOf(schema: JsonObject): JsonObject {
  const { examples, example } = schema
  const kept = Object.entries(schema).filter(([name]) => plain.has(name))
  const shown = example ?? (Array.isArray(examples) ? examples[0] : undefined)
  return { ...Object.fromEntries(kept), ...(shown === undefined ? {} : { example: shown }) }
}

function choicesOf(schema: JsonObject): readonly JsonValue[] {
  const constant = schema['const']
  return (constant === undefined ? listOf(schema['enum']) : [constant]).filter(
    (choice) => choice !== null,
  )
}

/** Only texts may be enumerated. What other values are allowed is said in words. */
function withDescription(
  schema: JsonObject,
  choices: readonly JsonValue[],
  type: string | undefined,
): JsonObject {
  if (choices.length === 0) return schema
  const texts = choices.filter((choice) => typeof choice === 'string')
  if (type === 'STRING') return texts.length === 0 ? schema : { ...schema, enum: texts }
  const allowed = `One of: ${choices.map((choice) => JSON.stringify(choice)).join(', ')}.`
  const { description } = schema
  return {
    ...schema,
    description: typeof description === 'string' ? `${description} ${allowed}` : allowed,
  }
}

/** Exclusive bounds have an inclusive form only where numbers have neighbours. */
function bounds(schema: JsonObject, type: string | undefined): JsonObject {
  const { exclusiveMinimum: above, exclusiveMaximum: below } = schema
  if (type !== 'INTEGER') return {}
  return {
    ...(typeof above === 'number' ? { minimum: Math.floor(above) + 1 } : {}),
    ...(typeof below === 'number' ? { maximum: Math.ceil(below) - 1 } : {}),
  }
}

function objectMembers(schema: JsonObject, context: Rewriting): JsonObject {
  const entries = Object.entries(objectOf(schema['properties']))
    .map(([name, value]) => [name, value === true ? {} : value] as const)
    .filter((entry): entry is readonly [string, JsonObject] => isJsonObject(entry[1]))
    .map(([name, value]) => [name, rewrite(value, context)] as const)
  if (entries.length === 0) return {}
  const names = new Set<JsonValue>(entries.map(([name]) => name))
  const required = listOf(schema['required']).filter((name) => names.has(name))
  return {
    properties: Object.fromEntries(entries),
    ...(required.length === 0 ? {} : { required }),
  }
}

/** Lists whose elements differ by place have elements of any of their kinds; a list must say something of them. */
function itemsOf(schema: JsonObject, context: Rewriting): JsonObject {
  const { items, prefixItems } = schema
  const places = [...objectsIn(prefixItems), ...objectsIn(items)]
  if (isJsonObject(items) && places.length === 0) return rewrite(items, context)
  const kinds = isJsonObject(items) ? [...places, items] : places
  return kinds.length === 0 ? { type: 'STRING' } : rewrite({ anyOf: kinds }, context)
}

function objectsIn(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}
