import type { Quantity } from './quantities.ts'

/**
 * A JSON Schema as the configuration reads it: the standard keywords that say what a person should write, and ours.
 * Every other keyword is still enforced, by typebox, on the value as a whole.
 */
export interface SchemaNode {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | SchemaNode
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
  readonly minItems?: number
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly SchemaNode[]
  readonly minimum?: number
  readonly maximum?: number
  readonly pattern?: string
  readonly $ref?: string

  /** A duration or size: read with its unit, handed on as milliseconds or bytes. */
  readonly quantity?: Quantity
  /** A credential: never printed, handed on as `{ name, value: Secret }`. */
  readonly secret?: boolean
  /** A list that may also be written as one string with commas. */
  readonly commas?: boolean
  /** A mapping of two texts that a flag may write as one: `first=second`. */
  readonly pair?: readonly [first: string, second: string]
  /** A list that a variable gives as JSON. */
  readonly json?: boolean
  /** Other spellings of the key beside it; a dotted one is a path from the root. */
  readonly alias?: readonly string[]
  /** Command line flags, without dashes. */
  readonly flag?: readonly string[]
  /** What stands behind the flag, for the help. Default: the name of the setting. */
  readonly form?: string
  /** Published environment variables, besides `JACKFIELD_<KEY>`. */
  readonly environment?: readonly string[]
  /** Other spellings of a choice, in flags, variables and the file. */
  readonly synonyms?: Readonly<Record<string, string>>
  /** What a person should write, where the pattern does not tell: `a host name`. */
  readonly expects?: string
  /** Keys that may stand beside these and are read elsewhere: a misspelt key may mean one of them. */
  readonly neighbours?: readonly string[]
  /** A change takes effect only after a restart. */
  readonly restart?: boolean
}

/** The keywords of ours, which no JSON Schema for editors or validators needs. */
export const ownKeywords: ReadonlySet<string> = new Set([
  'quantity',
  'secret',
  'commas',
  'pair',
  'json',
  'alias',
  'flag',
  'form',
  'environment',
  'synonyms',
  'expects',
  'neighbours',
  'restart',
])

/** The JSON types that a schema takes; empty where it takes any. */
export function typesOf(schema: SchemaNode): readonly string[] {
  if (schema.type !== undefined)
    return typeof schema.type === 'string' ? [schema.type] : schema.type
  if (schema.enum !== undefined) return [...new Set(schema.enum.map(typeName))]
  if (schema.const !== undefined) return [typeName(schema.const)]
  if (schema.properties !== undefined) return ['object']
  return schema.anyOf?.flatMap(typesOf) ?? []
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

/** The schema of a member of an object: named, matching a pattern, or any further one. */
export function memberSchema(schema: SchemaNode, name: string): SchemaNode | undefined {
  if (schema.properties !== undefined && Object.hasOwn(schema.properties, name)) {
    return schema.properties[name]
  }
  const patterns = Object.entries(schema.patternProperties ?? {})
  const matching = patterns.find(([pattern]) => new RegExp(pattern, 'u').test(name))
  if (matching !== undefined) return matching[1]
  const rest = schema.additionalProperties ?? schema.properties === undefined
  if (rest === true) return {}
  return rest === false ? undefined : rest
}

/**
 * A typebox schema or a plugin's, seen as one for people. Both are JSON Schema by contract, and every reader here treats
 * keywords that are missing as absent.
 */
export function schemaNode(schema: object): SchemaNode {
  return schema as SchemaNode
}
