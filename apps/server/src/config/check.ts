import type { TLocalizedValidationError } from 'typebox/error'
import { chooseBranch } from './branch.ts'
import { describeExpected } from './describe.ts'
import { type ConfigNode, type MapNode, memberOf, revealedValue } from './node.ts'
import type { Origin } from './origin.ts'
import { schemaErrors } from './schema-errors.ts'
import { memberSchema, type SchemaNode } from './schema-node.ts'
import { joinPath, type Shaping } from './shape.ts'

/**
 * Holds a complete tree against its whole schema. This finds what shaping the parts cannot: members that are missing, and
 * rules over several of them. About settings with a reported problem nothing more is said.
 */
export function checkWhole(
  node: MapNode,
  schema: SchemaNode,
  path: string,
  shaping: Shaping,
): void {
  reportMissing(node, schema, path, shaping)
  const errors = schemaErrors(schema, revealedValue(node))
  for (const error of errors) {
    const place = placeOf(error.instancePath, node, path)
    if (isRepetition(error, errors) || isKnown(place.path, shaping.invalid)) continue
    shaping.invalid.add(place.path)
    shaping.report({ ...place, message: error.message, fix: 'correct it' })
  }
}

function reportMissing(node: ConfigNode, schema: SchemaNode, path: string, shaping: Shaping): void {
  const form = chooseBranch(schema, node) ?? schema
  if (node.kind === 'list') {
    const item = form.items ?? {}
    for (const [at, each] of node.items.entries())
      reportMissing(each, item, `${path}[${at}]`, shaping)
  }
  if (node.kind !== 'map') return
  for (const name of form.required ?? []) {
    const missing = joinPath(path, name)
    if (node.entries.has(name) || isKnown(missing, shaping.invalid)) continue
    shaping.invalid.add(missing)
    const fix = `write ${describeExpected(form.properties?.[name] ?? {})}`
    shaping.report({ origin: node.origin, path: missing, message: 'it is required', fix })
  }
  for (const [name, { value }] of node.entries) {
    reportMissing(value, memberSchema(form, name) ?? {}, joinPath(path, name), shaping)
  }
}

interface Place {
  readonly path: string
  readonly origin: Origin
}

/** The errors of the forms of an `anyOf` are told once, by the `anyOf` itself. */
function isRepetition(
  error: TLocalizedValidationError,
  errors: readonly TLocalizedValidationError[],
): boolean {
  if (error.keyword === 'boolean') return true // the object around it names the member
  return errors.some(
    (other) =>
      (other.keyword === 'anyOf' || other.keyword === 'oneOf') &&
      error.schemaPath.startsWith(`${other.schemaPath}/${other.keyword}/`),
  )
}

/** Whether this setting, one around it or one inside it has a reported problem. */
function isKnown(path: string, invalid: ReadonlySet<string>): boolean {
  return [...invalid].some(
    (known) => known === path || contains(known, path) || contains(path, known),
  )
}

function contains(outer: string, inner: string): boolean {
  return inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`)
}

function placeOf(pointer: string, root: MapNode, path: string): Place {
  let node: ConfigNode | undefined = root
  const place: { path: string; origin: Origin } = { path, origin: root.origin }
  for (const step of pointer.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
    const inList: boolean = node?.kind === 'list'
    place.path = inList ? `${place.path}[${name}]` : joinPath(place.path, name)
    node = node?.kind === 'list' ? node.items[Number(name)] : memberOf(node, name)
    if (node !== undefined) place.origin = node.origin
  }
  return place
}
