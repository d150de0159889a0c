import type { JsonObject, Model, ModelCapability } from '@jackfield/core'

const resource = 'models/'

/** The name of a model without what Google's resource names begin with. */
export function plainName(name: string): string {
  return name.startsWith(resource) ? name.slice(resource.length) : name
}

/** One entry of Gemini's list of models (protocol reference 4.1). All members but the name may be missing. */
export function readModel(entry: JsonObject): Model | undefined {
  const name = entry['name'] ?? entry['id']
  if (typeof name !== 'string' || plainName(name) === '') return undefined
  const contextWindow = limitOf(entry, 'inputTokenLimit')
  const maxOutputTokens = limitOf(entry, 'outputTokenLimit')
  const capabilities = capabilitiesOf(entry)
  return {
    id: plainName(name),
    ...(contextWindow === undefined ? {} : { contextWindow }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(capabilities === undefined ? {} : { capabilities }),
  }
}

/** Whether an entry says that a model thinks; `undefined` where it says nothing. */
export function saysThinking({ thinking }: JsonObject): boolean | undefined {
  return typeof thinking === 'boolean' ? thinking : undefined
}

/** What the methods tell; of a model that generates nothing is said about what it takes. */
function capabilitiesOf(entry: JsonObject): readonly ModelCapability[] | undefined {
  const { supportedGenerationMethods: methods } = entry
  if (!Array.isArray(methods) || methods.includes('generateContent')) return undefined
  return methods.includes('embedContent') ? ['embeddings'] : undefined
}

function limitOf(entry: JsonObject, name: string): number | undefined {
  const value = entry[name]
  return typeof value === 'number' && value > 0 ? value : undefined
}
