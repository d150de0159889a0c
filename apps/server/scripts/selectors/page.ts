import {
  type ExplainedBranch,
  type ExplainedPlace,
  type Explanation,
  type Gateway,
  parseSelector,
  type SelectorContext,
} from '@jackfield/core'
import {
  annotationMeanings,
  dropped,
  examples,
  malformed,
  parameterMeanings,
  unshowable,
} from './rows.ts'
import { exampleBackends, exampleRoute, explainModel, openExampleGateway } from './world.ts'

/** The reference of selectors. Its examples are what a gateway makes of them. */
export async function selectorsPage(): Promise<{ readonly path: string; readonly text: string }> {
  const gateway = await openExampleGateway()
  try {
    const text = [
      ...head,
      ...valueTable('annotation', annotationMeanings),
      '',
      ...parametersHead,
      ...valueTable('parameter', parameterMeanings),
      '',
      ...examplesHead(),
      ...(await exampleTables(gateway)),
      ...errorsHead,
      ...malformed.map((text) => errorRow(code(text), text)),
      ...unshowable.map(({ shown, text }) => errorRow(shown, text)),
      '',
      ...droppedHead,
      ...dropped.map(droppedRow),
      '',
    ].join('\n')
    return { path: 'docs/reference/selectors.md', text }
  } finally {
    await gateway.close({ graceMs: 0 })
  }
}

const context: SelectorContext = {
  isBackend: (name) => exampleBackends.some((backend) => backend.name === name),
}

/** The keys of one kind with the values that the parser demands of them. Fails for a key that nobody explains. */
function valueTable(
  kind: 'annotation' | 'parameter',
  meanings: Readonly<Record<string, string>>,
): readonly string[] {
  const known = knownKeys(kind)
  const named = Object.keys(meanings)
  if (known.join() !== named.join()) throw new Error(`${kind}s: ${known} are not ${named}`)
  return [
    `| ${kind} | value | effect |`,
    '|---|---|---|',
    ...known.map((key) => `| \`${key}\` | ${expectedOf(kind, key)} | ${meanings[key]} |`),
  ]
}

function knownKeys(kind: 'annotation' | 'parameter'): readonly string[] {
  const said = kind === 'annotation' ? errorOf('[no=1]m').message : warningsOf('m?no=1')[0]?.message
  return /Known are ([a-z0-9_, ]+)\./.exec(said ?? '')?.[1]?.split(', ') ?? []
}

function expectedOf(kind: 'annotation' | 'parameter', key: string): string {
  const said =
    kind === 'annotation' ? errorOf(`[${key}=~]m^m`).message : warningsOf(`m?${key}=~`)[0]?.message
  return / must be (.*)\.$/.exec(said ?? '')?.[1] ?? wrongWithin(key)
}

/** Those that mean something between `!` only are complained of elsewhere before their value is. */
function wrongWithin(key: string): string {
  return / must be (.*)\.$/.exec(errorOf(`[${key}=~]m!m`).message)?.[1] ?? ''
}

function errorOf(text: string): { readonly message: string; readonly column: number } {
  const result = parseSelector(text, context)
  if (result.ok) throw new Error(`${text} is a selector`)
  return result.error
}

function warningsOf(text: string) {
  const result = parseSelector(text, context)
  if (!result.ok) throw new Error(`${text} is no selector`)
  return result.warnings
}

async function exampleTables(gateway: Gateway): Promise<readonly string[]> {
  const tables: string[] = []
  for (const [heading, selectors] of examples) {
    tables.push(`### ${heading}`, '', '| selector | goes to |', '|---|---|')
    for (const text of selectors) {
      tables.push(`| ${code(text)} | ${describe(await explainModel(gateway, text), text)} |`)
    }
    tables.push('')
  }
  return tables
}

function describe({ branches, skipped, error, warnings }: Explanation, text: string): string {
  if (error !== undefined) throw new Error(`${text}: ${error.message}`)
  if (warnings.length > 0) throw new Error(`${text}: ${warnings.join()}`)
  const legs = branches.map(describeBranch)
  const left = skipped.map(({ backend, model }) => `${code(`${backend}:${model}`)} is left out`)
  return [legs.length === 1 ? legs[0] : `raced: ${legs.join(' and ')}`, ...left].join('; ')
}

function describeBranch({ places, delayMs }: ExplainedBranch): string {
  const after = delayMs === 0 ? '' : ` after ${delayMs / 1000} s`
  return `${places.map(describePlace).join(', then ')}${after}`
}

function describePlace({ backend, target, model, overrides }: ExplainedPlace): string {
  const address = target === undefined ? `${backend}:${model}` : `${backend}.${target}:${model}`
  const names = Object.entries(overrides).map(([name, value]) => `${snake(name)} ${value}`)
  return names.length === 0 ? code(address) : `${code(address)} with ${names.join(', ')}`
}

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`)
}

function errorRow(shown: string, text: string): string {
  const { column, message } = errorOf(text)
  return `| ${shown} | ${column} | ${plain(message)} |`
}

function droppedRow(text: string): string {
  const said = warningsOf(text).map(({ message }) => plain(message))
  return `| ${code(text)} | ${said.join(' ')} |`
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``
}

/** A message as text of a table, in which it means nothing else. */
function plain(message: string): string {
  return message.replaceAll(/[|<]/g, '\\$&')
}

const head = [
  '# Selectors',
  '',
  '<!-- Generated from apps/server/scripts/selectors by "npm run docs". Do not edit. -->',
  '',
  'A selector says where a request goes. It may stand wherever a model is named: as the `model` of a request (in Gemini’s paths',
  'percent-encoded as everything there), in `default_backend`, `static_route`, the replacements of `model_aliases` and the elements of',
  '`failover_routes`, on the command line, and in commands of a chat. [Route requests](../how-to/route-requests.md) shows what to use when.',
  '',
  '## Grammar',
  '',
  '```text',
  'selector    = leaf  { operator leaf }              one kind of operator per selector',
  'operator    = "|"  |  "^"  |  "!"',
  'leaf        = { annotations } address [ "?" parameters ]',
  'annotations = "[" key "=" value { "," key "=" value } "]"',
  'parameters  = key "=" value { "&" key "=" value }',
  'address     = backend [ "." target ] ":" model     if a backend of this name is configured',
  '            | backend [ "." target ] ":" pair      if that backend is of the type hybrid',
  '            | backend "/" model                    if a backend of this name is configured',
  '            | model',
  'pair        = "[" selector "," selector "]"',
  'backend     = letter { letter }                    of a to z, 0 to 9 and "-"',
  '```',
  '',
  '| written | means |',
  '|---|---|',
  '| `backend:model` | This model of this backend. What stands before the first `:` counts only if it is the name of a configured backend; otherwise the whole is a model. |',
  '| `backend.target:model` | Only this key, account or server of the backend. Its name is the variable that holds the key, or the place of the key in the configuration, as the log and `/health` show it. |',
  '| `backend/model` | The same as `backend:model`, where such a backend is configured; otherwise the whole is a model. |',
  '| `model` | The failover route of that name. Else the default backend, if it lists the model; else the backends that list it, in the order of `model_preference`; else the default backend; else 404. |',
  '| `a\\|b` | Fallback: one after the other, in this order. |',
  '| `a^b` | Draw: one place by weight, then of the others by weight, and so on. |',
  '| `a!b` | Race: all at once. The first that has text, reasoning or a tool call wins (of whole answers the first that is there), and the others are cancelled at their providers. What changes something at a provider is never raced but goes one after the other. |',
  '| `hybrid:[a,b]` | Two selectors for a backend that lets the first think and the second answer. |',
  '',
  'The next place is asked only while nothing of an answer has been sent to the client, and only for failures that another place may not',
  'have: see the [table of errors](errors.md).',
  '',
  '- **Characters.** Of an id, `! | ^ ? [ ] %` and the space are written as `%XX`, inside a pair also the comma. A `%` before anything else than',
  '  two hexadecimal digits of a printable ASCII character stays as it is. A short word in brackets behind an id (`claude-opus-4-8[1m]`)',
  '  belongs to it. A colon that would make a backend of the beginning is written `%3A`.',
  '- **Spaces** around operators mean nothing. There are none elsewhere.',
  '- **Reserved** are `alias:` and `auto:`, unless a backend has that name.',
  '- **Limits:** 102,400 characters, 100 leaves, pairs three deep. A selector is read in time linear in its length.',
  '',
  '## Annotations',
  '',
  'They stand directly before a leaf: `[weight=3,max_context=32000]openai:gpt-4o`. Each at most once. Before the name of a failover route they',
  'hold for all its elements.',
  '',
] as const

const parametersHead = [
  '## Parameters',
  '',
  'They stand behind a leaf: `openai:gpt-4o?temperature=0.2&top_p=0.5`. Of several values for one the last counts. What is unknown or out of range is',
  'dropped: the request goes on without it and its answer says so in `x-jackfield-warning`; in the configuration it is a warning at the start.',
  '',
  'What the operator forces stands above what a session sets, that above the selector, that above the request’s body, and that above',
  '`model_defaults` and `parameters.defaults`.',
  '',
] as const

function examplesHead(): readonly string[] {
  const { policy, elements } = exampleRoute
  return [
    '## Examples',
    '',
    'They are resolved by a gateway with these backends, of which `openai` is the default:',
    '',
    '| backend | targets | lists |',
    '|---|---|---|',
    ...exampleBackends.map(({ name, targets, models }) => {
      const [keys, ids] = [targets, models].map((list) => list.map(code).join(', '))
      return name === 'hybrid' ? `| ${code(name)} |  |  |` : `| ${code(name)} | ${keys} | ${ids} |`
    }),
    '',
    `and the failover route ${code('safe')} with the policy ${code(policy)} and the elements ${elements.map(code).join(', ')}. \`POST /v1/jackfield/explain\``,
    'and `jackfield explain` tell the same of your own gateway. The draws are as if the dice always showed the middle, and the conversation is new.',
    '',
  ]
}

const errorsHead = [
  '## What is no selector',
  '',
  'A request is answered with 400 `invalid_request` and one of these messages, behind `model, column N:`. In the configuration it stops the start. Columns',
  'count from 1, in UTF-16 code units.',
  '',
  '| text | column | message |',
  '|---|---|---|',
] as const

const droppedHead = ['## What is dropped', '', '| text | warning |', '|---|---|'] as const
