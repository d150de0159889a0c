import type {
  ChatRequest,
  JsonObject,
  JsonValue,
  OutputFormat,
  ReasoningEffort,
  ReasoningRequest,
} from '@jackfield/core'
import {
  at,
  isArray,
  leftoverOf,
  optionalBoolean,
  optionalNumber,
  optionalObject,
  optionalString,
  type Path,
  refuseType,
} from '@jackfield/dialect-kit'
import { jsonSchemaOf } from './json-schema.ts'

const path = { key: 'generationConfig' }

/** Members whose value is a number on the wire and in the canonical request. */
const numbers = [
  'temperature',
  'topP',
  'topK',
  'maxOutputTokens',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
] as const

/** What a `generationConfig` says in canonical words, and what only this dialect can say. */
export interface ConfigReading {
  readonly settings: Partial<ChatRequest>
  readonly leftover: JsonObject | undefined
}

export function decodeConfig(wire: JsonObject): ConfigReading {
  const config = optionalObject(wire, 'generationConfig') ?? {}
  const known = new Set<string>([...numbers, 'stopSequences', 'responseLogprobs', 'logprobs'])
  known.add('candidateCount')
  const settings: Partial<ChatRequest> = {
    ...decodeNumbers(config),
    ...decodeStop(config),
    ...decodeLogprobs(config),
    ...decodeCandidates(config),
    ...decodeOutput(config, known),
    ...decodeModalities(config, known),
  }
  const thinking = decodeThinking(config, known)
  const { rest } = thinking
  const left = leftoverOf(config, known)
  return {
    settings: { ...settings, ...thinking.settings },
    leftover: rest === undefined ? left : { ...left, thinkingConfig: rest },
  }
}

function decodeNumbers(config: JsonObject): Partial<ChatRequest> {
  const settings: Partial<Record<(typeof numbers)[number], number>> = {}
  for (const name of numbers) {
    const value = optionalNumber(config, name, path)
    if (value !== undefined) settings[name] = value
  }
  return settings
}

function decodeStop(config: JsonObject): Pick<ChatRequest, 'stop'> {
  const stop = config['stopSequences']
  if (stop === undefined || stop === null) return {}
  if (typeof stop === 'string') return { stop: [stop] }
  const place = at(path, 'stopSequences')
  if (!isArray(stop)) return refuseType(place, 'an array of strings', stop)
  const texts = stop.map((item, index) =>
    typeof item === 'string' ? item : refuseType(at(place, index), 'a string', item),
  )
  return texts.length === 0 ? {} : { stop: texts }
}

function decodeLogprobs(config: JsonObject): Pick<ChatRequest, 'logprobs'> {
  const top = optionalNumber(config, 'logprobs', path)
  return optionalBoolean(config, 'responseLogprobs', path) === true ? { logprobs: top ?? 0 } : {}
}

/** One candidate is what no number means. */
function decodeCandidates(config: JsonObject): Pick<ChatRequest, 'candidates'> {
  const count = optionalNumber(config, 'candidateCount', path)
  return count === undefined || count === 1 ? {} : { candidates: count }
}

/** A MIME type that only this dialect knows (`text/x.enum`) travels on as it is, and its schema with it. */
function decodeOutput(config: JsonObject, known: Set<string>): Pick<ChatRequest, 'output'> {
  const type = optionalString(config, 'responseMimeType', path)
  if (type !== 'application/json' && type !== 'text/plain') return {}
  known.add('responseMimeType')
  const output = type === 'text/plain' ? ({ type: 'text' } as const) : jsonOutput(config)
  known.add('responseSchema').add('responseJsonSchema')
  return { output }
}

function jsonOutput(config: JsonObject): OutputFormat {
  const schema = optionalObject(config, 'responseJsonSchema', path)
  // Gemini CLI 0.61 writes the types of the subset here, too (`OBJECT`).
  if (schema !== undefined) return { type: 'json-schema', schema: jsonSchemaOf(schema) }
  const subset = optionalObject(config, 'responseSchema', path)
  return subset === undefined
    ? { type: 'json' }
    : { type: 'json-schema', schema: jsonSchemaOf(subset) }
}

const modalities: Readonly<Record<string, 'text' | 'audio' | 'image'>> = {
  TEXT: 'text',
  AUDIO: 'audio',
  IMAGE: 'image',
}

/** A list with a word that is unknown travels on as it is. */
function decodeModalities(config: JsonObject, known: Set<string>): Pick<ChatRequest, 'modalities'> {
  const list = config['responseModalities']
  const words = isArray(list) ? list : []
  const read = words.map(modalityOf)
  if (words.length === 0 || read.includes(undefined)) return {}
  known.add('responseModalities')
  return { modalities: read.filter((modality) => modality !== undefined) }
}

function modalityOf(word: JsonValue): 'text' | 'audio' | 'image' | undefined {
  const name = typeof word === 'string' ? word.toUpperCase() : ''
  return Object.hasOwn(modalities, name) ? modalities[name] : undefined
}

interface ThinkingReading {
  readonly settings: Pick<ChatRequest, 'reasoning'>
  readonly rest?: JsonObject
}

const thinkingMembers = new Set(['thinkingBudget', 'thinkingLevel', 'includeThoughts'])

/** What nobody says about thoughts they do not get: whoever gives a config without `includeThoughts` wants none. */
function decodeThinking(config: JsonObject, known: Set<string>): ThinkingReading {
  const thinking = optionalObject(config, 'thinkingConfig', path)
  if (thinking === undefined) return { settings: {} }
  known.add('thinkingConfig')
  const place = at(path, 'thinkingConfig')
  const reasoning: ReasoningRequest = {
    ...budgetOf(thinking, place),
    ...effortOf(thinking, place),
    show: optionalBoolean(thinking, 'includeThoughts', place) === true,
  }
  const rest = leftoverOf(thinking, thinkingMembers)
  return { settings: { reasoning }, ...(rest === undefined ? {} : { rest }) }
}

function budgetOf(thinking: JsonObject, place: Path): ReasoningRequest {
  const budget = optionalNumber(thinking, 'thinkingBudget', place)
  if (budget === undefined) return {}
  if (budget < 0) return { enabled: true, budget: 'dynamic' }
  return { enabled: budget > 0, budget }
}

const efforts: Readonly<Record<string, ReasoningEffort>> = {
  MINIMAL: 'minimal',
  LOW: 'low',
  MEDIUM: 'medium',
  HIGH: 'high',
}

/** Both spellings of a level are in use. One that is unknown leaves it to the model. */
function effortOf(thinking: JsonObject, place: Path): ReasoningRequest {
  const level = optionalString(thinking, 'thinkingLevel', place)?.toUpperCase() ?? ''
  const effort = Object.hasOwn(efforts, level) ? efforts[level] : undefined
  return effort === undefined ? {} : { effort }
}
