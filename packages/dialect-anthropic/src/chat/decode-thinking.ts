import {
  type ChatRequest,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type ReasoningEffort,
  type ReasoningRequest,
  reasoningEfforts,
} from '@jackfield/core'
import { optionalNumber, requireString } from '@jackfield/dialect-kit'
import type { Reading } from './reading.ts'

/** What is asked of reasoning and of the answer's form: `thinking`, `output_config`, and `output_format`, its elder. */
export function decodeThinking(wire: JsonObject): Reading {
  const thinking = readThinking(wire['thinking'])
  const config = readConfig(wire['output_config'])
  const format = readFormat(wire['output_format'])
  const reasoning = { ...thinking.asked, ...config.effort }
  const output = config.output ?? format
  return {
    asked: {
      ...(Object.keys(reasoning).length === 0 ? {} : { reasoning: withAmount(reasoning) }),
      ...(output === undefined ? {} : { output }),
    },
    rest: {
      ...named('thinking', thinking.rest),
      ...named('output_config', config.rest),
      ...(format === undefined ? named('output_format', wire['output_format']) : {}),
    },
  }
}

/** Adaptive thinking without an effort leaves the amount to the model. */
function withAmount(reasoning: ReasoningRequest): ReasoningRequest {
  const { enabled, effort, budget } = reasoning
  const isOpen = enabled === true && effort === undefined && budget === undefined
  return isOpen ? { ...reasoning, budget: 'dynamic' } : reasoning
}

function named(name: string, value: JsonValue | undefined): JsonObject {
  const isEmpty = isJsonObject(value) && Object.keys(value).length === 0
  return value === undefined || value === null || isEmpty ? {} : { [name]: value }
}

interface ThinkingReading {
  readonly asked: ReasoningRequest
  readonly rest: JsonValue | undefined
}

/** A type that has no canonical form keeps the whole member. */
function readThinking(value: JsonValue | undefined): ThinkingReading {
  if (!isJsonObject(value)) return { asked: {}, rest: value }
  const path = { key: 'thinking' }
  const type = requireString(value, 'type', path)
  const budget = optionalNumber(value, 'budget_tokens', path)
  const { type: _type, budget_tokens: _budget, display, ...others } = value
  const shown = readDisplay(display)
  const rest =
    shown === undefined && display !== undefined && display !== null
      ? { ...others, display }
      : others
  const show = shown === undefined ? {} : { show: shown }
  switch (type) {
    case 'enabled':
      return {
        asked: { enabled: true, ...(budget === undefined ? {} : { budget }), ...show },
        rest,
      }
    case 'adaptive':
      return { asked: { enabled: true, ...show }, rest }
    case 'disabled':
      return { asked: { enabled: false }, rest }
    default:
      return { asked: {}, rest: value }
  }
}

function readDisplay(display: JsonValue | undefined): ReasoningRequest['show'] {
  if (display === 'summarized') return 'summary'
  return display === 'omitted' ? false : undefined
}

interface ConfigReading {
  readonly effort: { readonly effort?: ReasoningEffort }
  readonly output: ChatRequest['output']
  readonly rest: JsonValue | undefined
}

function readConfig(value: JsonValue | undefined): ConfigReading {
  if (!isJsonObject(value)) return { effort: {}, output: undefined, rest: value }
  const { effort, format, ...others } = value
  const known = reasoningEfforts.find((word) => word === effort)
  const output = readFormat(format)
  const rest = {
    ...others,
    ...(known === undefined && effort !== undefined && effort !== null ? { effort } : {}),
    ...(output === undefined && format !== undefined && format !== null ? { format } : {}),
  }
  return { effort: known === undefined ? {} : { effort: known }, output, rest }
}

function readFormat(value: JsonValue | undefined): ChatRequest['output'] {
  if (!isJsonObject(value) || value['type'] !== 'json_schema') return undefined
  const { schema } = value
  return isJsonObject(schema) ? { type: 'json-schema', schema } : undefined
}
