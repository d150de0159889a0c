/** Steps of `thinkingLevel`, weakest first. On the wire they are in upper case. */
export const thinkingLevels = ['minimal', 'low', 'medium', 'high'] as const

export type ThinkingLevel = (typeof thinkingLevels)[number]

/** Tokens that `thinkingBudget` may name. */
export interface BudgetRange {
  readonly min: number
  readonly max: number
  /** Whether 0 switches thinking off. */
  readonly off: boolean
}

/** What a model takes; requests are translated by it. */
export interface ModelFacts {
  /** How the model is asked to think; `none`: it refuses to be asked. */
  readonly thinking: 'budget' | 'level' | 'none'
  /** Of models that take a budget. Default: 1 to 24,576, and 0. */
  readonly budgetRange?: BudgetRange
  /** Of models that take a level. Default: all. */
  readonly levels?: readonly ThinkingLevel[]
  /** Whether `parametersJsonSchema` and `responseJsonSchema` are accepted; else schemas are rewritten to the OpenAPI subset. */
  readonly jsonSchema: boolean
  /** Whether the first call of each step of the current turn must carry a signature. */
  readonly requiresSignatures: boolean
  /** Whether functions may be combined with built-in tools and with JSON output. */
  readonly mixesTools: boolean
  /** Whether `functionResponse.parts` may hold media; else they follow the responses. Default `false`. */
  readonly resultMedia?: boolean
}

const older: ModelFacts = {
  thinking: 'none',
  jsonSchema: true,
  requiresSignatures: false,
  mixesTools: false,
}

const newest: ModelFacts = {
  thinking: 'level',
  levels: thinkingLevels,
  jsonSchema: true,
  requiresSignatures: true,
  mixesTools: true,
  resultMedia: true,
}

const generation = /^gemini-(\d{1,3})(?:\.(\d{1,3}))?(?:-|$)/

/**
 * What Google's own models take, by their names (protocol reference 4.4 and 5.6, the ranges unverified there). A name that tells no
 * version (`gemini-flash-latest`) is taken for the newest, one that is no Gemini for a model that does not think.
 */
export function googleModelFacts(model: string): ModelFacts {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase()
  if (!name.startsWith('gemini-')) return { ...older, requiresSignatures: !isGemma(name) }
  const [, major, minor] = generation.exec(name) ?? []
  if (isSpecial(name)) return { ...older, ...(Number(major ?? 3) >= 3 ? withSignatures : {}) }
  if (major === undefined || Number(major) >= 3) return newestFacts(name, minor ?? '0')
  if (major === '2') return minor === '5' ? { ...older, ...budgetOf(name) } : older
  return { ...older, jsonSchema: false }
}

/** Behind any other name may be a Gemini of any age: a placeholder that nobody wants does no harm, one that is missing does. */
function isGemma(name: string): boolean {
  return name.startsWith('gemma')
}

const withSignatures = { requiresSignatures: true, mixesTools: true, resultMedia: true } as const

/** Models that make images, speech or vectors cannot be asked to think. */
function isSpecial(name: string): boolean {
  return ['-image', '-tts', 'embedding', '-live', '-audio'].some((kind) => name.includes(kind))
}

function newestFacts(name: string, minor: string): ModelFacts {
  if (!name.includes('-pro')) return newest
  return { ...newest, levels: minor === '0' ? ['low', 'high'] : ['low', 'medium', 'high'] }
}

function budgetOf(name: string): Pick<ModelFacts, 'thinking' | 'budgetRange'> {
  if (name.includes('-flash-lite')) return withBudget(512, 24_576, true)
  return name.includes('-pro') ? withBudget(128, 32_768, false) : withBudget(1, 24_576, true)
}

function withBudget(
  min: number,
  max: number,
  off: boolean,
): Pick<ModelFacts, 'thinking' | 'budgetRange'> {
  return { thinking: 'budget', budgetRange: { min, max, off } }
}
