import { configSchema } from './schema.ts'
import { type SchemaNode, schemaNode, typesOf } from './schema-node.ts'

/** A setting that has one value or a list of values, so that a flag or variable can give it. */
export interface Setting {
  readonly path: readonly string[]
  readonly schema: SchemaNode
  /** With dashes, the published name first. */
  readonly flags: readonly string[]
  /** Names of environment variables, published ones first. */
  readonly variables: readonly string[]
}

/** What every variable of ours starts with. */
export const variablePrefix = 'JACKFIELD_'

/** Every such setting of the schema, in its order. */
export const settings: readonly Setting[] = collect(schemaNode(configSchema), [])

function collect(schema: SchemaNode, path: readonly string[]): readonly Setting[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]): readonly Setting[] => {
    const at = [...path, name]
    if (typesOf(member).includes('object')) return collect(member, at)
    const own = `${variablePrefix}${at.join('_').toUpperCase()}`
    const flags = (member.flag ?? []).map((flag) => `--${flag}`)
    return [{ path: at, schema: member, flags, variables: [...(member.environment ?? []), own] }]
  })
}

/** The dotted path of a setting: `log.level`. */
export function settingPath(setting: Setting): string {
  return setting.path.join('.')
}
