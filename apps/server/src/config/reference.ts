import { defaultFile } from './config-file.ts'
import { describeExpected } from './describe.ts'
import { editorSchema } from './editor-schema.ts'
import { backendAliases, configSchema } from './schema.ts'
import { type SchemaNode, schemaNode, typesOf } from './schema-node.ts'
import { type Setting, settingPath, settings } from './settings.ts'

/** A generated page of the documentation. */
export interface GeneratedPage {
  /** Below the repository's root. */
  readonly path: string
  readonly text: string
}

/** The pages that come from the schema. */
export function configurationPages(): readonly GeneratedPage[] {
  return [
    { path: 'docs/reference/configuration.md', text: referencePage() },
    { path: 'docs/reference/config.schema.json', text: `${printJson(editorSchema(), '')}\n` },
  ]
}

const opening = `# Configuration

<!-- Generated from apps/server/src/config/schema.ts by "npm run docs". Do not edit. -->

Jackfield starts without any configuration: every installed backend whose key variable is set is enabled. What it
needs beyond that stands in one YAML file, \`${defaultFile}\` below the working folder, or the one that \`--config\` or
\`CONFIG_FILE\` names.

\`\`\`yaml
backends:
  internlm:
    type: internlm
    enabled: true
default_backend: internlm
\`\`\`

A flag stands above an environment variable, a variable above the file, the file above the default. An empty variable
counts as not set. \`jackfield check-config\` prints the effective configuration and where each value came from. Unknown
keys, wrong types and missing variables stop the start with exit code 78; all of them are told at once, with line and
column.

Editors complete and check the file with [config.schema.json](config.schema.json).

## Values

- A **duration** is a number with \`ms\`, \`s\`, \`m\`, \`h\` or \`d\`; a plain number counts seconds.
- A **size** is a number with \`KB\`, \`MB\` or \`GB\` (of 1024); a plain number counts bytes.
- \`\${env:NAME}\` stands for an environment variable, \`\${file:path}\` for the content of a file without its last line
  break; the path counts from the folder of the configuration. Both work inside longer texts. \`$\${\` is a plain \`\${\`.
- Where a list of keys or names is expected, one text with commas between them will do. A flag is repeated instead.
`

const routesSection = `## Routes

These two are maps, which stand in the file only. [Route requests](../how-to/route-requests.md) shows them at work; the
[reference of selectors](selectors.md) says what may stand in them.
`

const backendsSection = `## Backends

Every entry of \`backends\` has a name of your choice, which is also what stands before the colon in \`backend:model\`.
Besides the keys below, it has the options of its type, listed in the README of the type's package. Most have
${aliasList()}, and \`timeout\`.

The package of a type names its environment variables, for example \`INTERNAI_API_KEY\`, \`INTERNAI_API_BASE_URL\` and
\`INTERNAI_TIMEOUT\` (whole seconds, \`0\` for the default). Keys may also be numbered from \`_1\` to \`_20\`; the plain one
comes first, and each key counts once. Variables give what an entry of their type leaves out. Without a \`backends\`
section, every installed backend whose key variables are set is enabled, and \`echo\` if there is none; a backend that
uses somebody's login is never enabled by itself.

A backend that needs a key and has none is disabled with a warning. If a selector of the configuration names it, or nothing
else could serve, the start fails and names the variables.
`

function aliasList(): string {
  return Object.entries(backendAliases)
    .map(([name, aliases]) => `\`${name}\` (also ${aliases.map(code).join(', ')})`)
    .join(', ')
}

function referencePage(): string {
  const root = schemaNode(configSchema)
  const entry = Object.values(root.properties?.['backends']?.patternProperties ?? {})[0] ?? {}
  return [
    opening,
    '## Settings\n',
    ...settings.map((setting) => describeSetting(settingPath(setting), setting.schema, setting)),
    routesSection,
    ...['failover_routes', 'model_defaults'].flatMap((name) => describeRecord(name, root)),
    backendsSection,
    ...leavesOf(entry, 'backends.<name>').map(([path, schema]) => describeSetting(path, schema)),
  ].join('\n')
}

/** A map of names to mappings: what it is, and the keys of its members. */
function describeRecord(name: string, root: SchemaNode): readonly string[] {
  const record = root.properties?.[name] ?? {}
  const [member = {}] = Object.values(record.patternProperties ?? {})
  return [
    describeSetting(name, record),
    ...leavesOf(member, `${name}.<name>`).map(([path, schema]) => describeSetting(path, schema)),
  ]
}

function leavesOf(schema: SchemaNode, path: string): readonly (readonly [string, SchemaNode])[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) =>
    typesOf(member).includes('object')
      ? leavesOf(member, `${path}.${name}`)
      : [[`${path}.${name}`, member] as const],
  )
}

function describeSetting(path: string, schema: SchemaNode, setting?: Setting): string {
  const { default: standard, description = '' } = schema
  const facts = [
    `Value: ${describeExpected(schema)}.${standard === undefined ? '' : ` Default: ${code(JSON.stringify(standard))}.`}`,
    listOf('Flag', setting?.flags),
    listOf('Variable', setting?.variables),
    listOf('Also written', schema.alias),
    schema.restart ? 'A change takes effect after a restart.' : '',
  ]
  const lines = facts.filter((fact) => fact !== '').map((fact) => `- ${fact}`)
  return [`### ${code(path)}`, '', description, '', ...lines, ''].join('\n')
}

function listOf(label: string, names: readonly string[] = []): string {
  return names.length === 0 ? '' : `${label}: ${names.map(code).join(', ')}`
}

function code(text: string): string {
  return `\`${text}\``
}

const widest = 100

/** JSON as the formatter of this repository writes it: lists of plain values on one line where they fit. */
function printJson(value: unknown, indent: string): string {
  if (Array.isArray(value)) return printList(value, indent)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inside = `${indent}  `
  const members = Object.entries(value).map(([name, member]) => {
    return `${inside}${JSON.stringify(name)}: ${printJson(member, inside)}`
  })
  return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n${indent}}`
}

function printList(list: readonly unknown[], indent: string): string {
  const inside = `${indent}  `
  const items = list.map((item) => printJson(item, inside))
  const line = `[${items.join(', ')}]`
  const isPlain = list.every((item) => typeof item !== 'object')
  if (list.length === 0 || (isPlain && indent.length + line.length < widest - 20)) return line
  return `[\n${items.map((item) => inside + item).join(',\n')}\n${indent}]`
}
