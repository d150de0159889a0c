import type { WorkspacePackage } from './imports.ts'

/** What the sources of a family may import: packages of ours (patterns) and others. */
interface Rule {
  readonly family: RegExp
  readonly ours: readonly RegExp[]
  readonly others: readonly string[]
}

const ours = (...names: string[]) => names.map((name) => new RegExp(`^@jackfield/${name}$`))

/** The table of who may import whom. The first rule that matches a folder counts. */
const rules: readonly Rule[] = [
  { family: /^packages\/core$/, ours: [], others: ['re2js', 'typebox'] },
  { family: /^packages\/dialect-kit$/, ours: ours('core'), others: [] },
  { family: /^packages\/dialect-/, ours: ours('core', 'dialect-kit'), others: ['typebox'] },
  { family: /^packages\/kit$/, ours: ours('core'), others: ['undici', 'typebox'] },
  { family: /^packages\/testkit$/, ours: ours('core', 'dialect-.+'), others: ['vitest'] },
  {
    family: /^packages\/backend-openai-compatible$/,
    ours: ours('core', 'kit', 'dialect-.+'),
    others: ['typebox'],
  },
  {
    family: /^packages\/backend-/,
    ours: ours('core', 'kit', 'dialect-.+', 'backend-openai-compatible'),
    others: ['typebox'],
  },
  { family: /^packages\/gateway$/, ours: ours('core'), others: ['fastify', 'fastify-plugin'] },
  {
    family: /^packages\/frontend-/,
    ours: ours('core', 'dialect-.+', 'gateway'),
    others: ['fastify', 'fastify-plugin'],
  },
  { family: /^packages\/(feature-|placement$)/, ours: ours('core'), others: ['typebox'] },
  {
    family: /^apps\/server$/,
    ours: ours('core', 'gateway', 'frontend-.+', 'feature-.+', 'placement'),
    others: ['fastify', 'pino', 'pino-pretty', 'typebox', 'yaml'],
  },
  { family: /^apps\/jackfield$/, ours: ours('server', 'core', 'backend-.+'), others: [] },
  { family: /^apps\/bench$/, ours: ours('.+'), others: ['undici'] },
]

/** What a package imports against the table, in words. */
export function violations({ folder, manifest, imports }: WorkspacePackage): readonly string[] {
  const rule = rules.find(({ family }) => family.test(folder))
  if (rule === undefined)
    return [`${folder} belongs to no family of packages; add a decision and a rule`]
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies }
  return imports.flatMap(({ file, specifier }) => {
    const problem = judge(specifier, { rule, declared, name: manifest.name })
    return problem === undefined ? [] : [`${file} imports ${specifier}: ${problem}`]
  })
}

function judge(
  specifier: string,
  context: {
    readonly rule: Rule
    readonly declared: Readonly<Record<string, string>>
    readonly name: string
  },
): string | undefined {
  if (specifier.startsWith('node:')) return undefined
  if (specifier.startsWith('.')) return judgeRelative(specifier)
  const target = packageName(specifier)
  if (target === context.name) return 'a package does not import itself by name'
  if (!(target in context.declared)) return 'it is not among the dependencies'
  const allowed = target.startsWith('@jackfield/')
    ? context.rule.ours.some((pattern) => pattern.test(target))
    : context.rule.others.includes(target)
  if (!allowed) return 'the table of imports does not allow it'
  return target.startsWith('@jackfield/') && target !== specifier
    ? 'only the entry point of a package of ours may be imported'
    : undefined
}

function judgeRelative(specifier: string): string | undefined {
  if (/\/(test|dist)\//.test(specifier)) return 'sources do not import tests or build output'
  return /(^|\/)src\//.test(specifier)
    ? 'another package’s sources are reached by its name'
    : undefined
}

function packageName(specifier: string): string {
  const [scope = '', name = ''] = specifier.split('/')
  return scope.startsWith('@') ? `${scope}/${name}` : scope
}
