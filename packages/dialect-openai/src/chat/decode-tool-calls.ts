import { isJsonObject, type JsonObject, type JsonValue, type ToolCallPart } from '@jackfield/core'
import {
  at,
  extensionsOf,
  optionalArray,
  type Path,
  refuse,
  requireObject,
} from '@jackfield/dialect-kit'
import { chatName } from '../names.ts'

const callMembers = new Set(['id', 'type', 'index', 'function', 'custom', 'extra_content'])

/** Calls of an assistant message in a request: `tool_calls`, and the `function_call` that came before it. */
export function decodeHistoryCalls(message: JsonObject, path: Path): ToolCallPart[] {
  const list = optionalArray(message, 'tool_calls', path) ?? []
  const place = at(path, 'tool_calls')
  const calls = list.map((item, index) => {
    const wire = requireObject(item, at(place, index))
    const call = readToolCall(wire, `call_m${path.key}_${index}`)
    return call ?? refuse(at(place, index), 'must have `function.name` or `custom.name`')
  })
  return [...calls, ...legacyCall(message, `call_m${path.key}`)].map(withArguments)
}

/** An empty argument text is not JSON; providers take it for no arguments and so do we. */
function withArguments(call: ToolCallPart): ToolCallPart {
  return call.kind === 'function' && call.arguments === '' ? { ...call, arguments: '{}' } : call
}

/** A complete call. `undefined` for one without a name: some servers fill in empty objects where nothing is called. */
export function readToolCall(wire: JsonObject, fallbackId: string): ToolCallPart | undefined {
  const { kind, body } = callBody(wire)
  const name = body['name']
  if (typeof name !== 'string' || name === '') return undefined
  const id = wire['id']
  return {
    type: 'tool-call',
    callId: typeof id === 'string' && id !== '' ? id : fallbackId,
    name,
    kind,
    arguments: argumentText(kind === 'custom' ? body['input'] : body['arguments']),
    ...thoughtState(wire),
    ...extensionsOf(wire, callMembers, chatName),
  }
}

/** Snowflake sends `function` and an empty `custom` side by side, so the filled one counts. */
export function callBody(wire: JsonObject): {
  readonly kind: 'function' | 'custom'
  readonly body: JsonObject
} {
  const { custom } = wire
  const body = isJsonObject(wire['function']) ? wire['function'] : {}
  if (!isJsonObject(custom)) return { kind: 'function', body }
  const isCustom = wire['type'] === 'custom' || (isFilled(custom) && !isFilled(body))
  return isCustom ? { kind: 'custom', body: custom } : { kind: 'function', body }
}

function isFilled(body: JsonObject): boolean {
  return (body['name'] ?? '') !== '' || (body['input'] ?? '') !== ''
}

/** Arguments are JSON text on the wire; a few servers send the object itself. */
export function argumentText(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

/** Google's OpenAI surface keeps the thought signature of a call in `extra_content`. */
export function thoughtState(wire: JsonObject): Pick<ToolCallPart, 'state'> {
  const data = wire['extra_content']
  if (data === undefined || data === null) return {}
  return { state: [{ kind: 'thought-signature', data }] }
}

/** The deprecated `function_call` of a message, which has no id. */
export function legacyCall(message: JsonObject, callId: string): ToolCallPart[] {
  const call = message['function_call']
  if (!isJsonObject(call)) return []
  const { name } = call
  if (typeof name !== 'string' || name === '') return []
  return [
    {
      type: 'tool-call',
      callId,
      name,
      kind: 'function',
      arguments: argumentText(call['arguments']),
    },
  ]
}
