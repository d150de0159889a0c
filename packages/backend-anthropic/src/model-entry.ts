import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Model,
  type ModelCapability,
} from '@jackfield/core'
import { type ModelFacts, modelFacts } from '@jackfield/dialect-anthropic'

const efforts = ['low', 'medium', 'high', 'xhigh', 'max'] as const

/** One entry of Anthropic's list of models (protocol reference 3.1). Numbers and capabilities may be null. */
export function readModel(entry: JsonObject): Model | undefined {
  const { created_at: created, capabilities } = entry
  const id = entry['id'] ?? entry['name']
  if (typeof id !== 'string' || id === '') return undefined
  const seconds = typeof created === 'string' ? Math.floor(Date.parse(created) / 1000) : 0
  const contextWindow = limitOf(entry, 'max_input_tokens')
  const maxOutputTokens = limitOf(entry, 'max_tokens')
  return {
    id,
    ...(seconds > 0 ? { created: seconds } : {}),
    ...(contextWindow === undefined ? {} : { contextWindow }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(isJsonObject(capabilities) ? { capabilities: capabilitiesOf(capabilities) } : {}),
  }
}

/** What the entry says of how requests are written; its name says the rest. */
export function readFacts(id: string, entry: JsonObject): ModelFacts {
  const { capabilities } = entry
  const maxOutputTokens = limitOf(entry, 'max_tokens')
  return {
    ...modelFacts(id),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(isJsonObject(capabilities) ? factsIn(capabilities) : {}),
  }
}

function factsIn(capabilities: JsonObject): Partial<ModelFacts> {
  const structuredOutput = supports(capabilities, 'structured_outputs')
  const thinking = thinkingIn(capabilities)
  const known = efforts.filter((effort) => supports(capabilities, 'effort', effort) === true)
  return {
    ...(structuredOutput === undefined ? {} : { structuredOutput }),
    ...(thinking === undefined ? {} : { thinking }),
    ...(known.length === 0 ? {} : { efforts: known }),
  }
}

function thinkingIn(capabilities: JsonObject): ModelFacts['thinking'] | undefined {
  if (supports(capabilities, 'thinking', 'types', 'adaptive') === true) return 'adaptive'
  if (supports(capabilities, 'thinking', 'types', 'enabled') === true) return 'budget'
  return supports(capabilities, 'thinking') === false ? 'none' : undefined
}

/** Everything that is listed takes tools. */
function capabilitiesOf(capabilities: JsonObject): readonly ModelCapability[] {
  const told = [
    ['image_input', 'images-in'],
    ['pdf_input', 'files-in'],
    ['thinking', 'reasoning'],
    ['structured_outputs', 'structured-output'],
  ] as const
  const able = told.flatMap(([name, capability]) =>
    supports(capabilities, name) === true ? [capability] : [],
  )
  return ['tools', ...able]
}

/** What `supported` says at a place; `undefined` where nothing is said. */
function supports(capabilities: JsonObject, ...path: readonly string[]): boolean | undefined {
  let value: JsonValue | undefined = capabilities
  for (const name of [...path, 'supported']) {
    if (!isJsonObject(value)) return undefined
    value = value[name]
  }
  return typeof value === 'boolean' ? value : undefined
}

function limitOf(entry: JsonObject, name: string): number | undefined {
  const value = entry[name]
  return typeof value === 'number' && value > 0 ? value : undefined
}
