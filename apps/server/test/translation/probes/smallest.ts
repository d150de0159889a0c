import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import { models, type Protocol } from '../support/protocols.ts'

/** The least that a client of each protocol can say. */
export const smallestRequests: Readonly<Record<Protocol, JsonObject>> = {
  chat: { model: models.chat, messages: [{ role: 'user', content: 'Hi' }] },
  responses: { model: models.responses, input: [{ role: 'user', content: 'Hi' }] },
  anthropic: {
    model: models.anthropic,
    max_tokens: 64_000,
    messages: [{ role: 'user', content: 'Hi' }],
  },
  gemini: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
}

/** A short answer of each protocol's provider. */
export const smallestAnswers: Readonly<Record<Protocol, JsonObject>> = {
  chat: {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'm',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'Hello', refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
  },
  responses: {
    id: 'resp_1',
    object: 'response',
    created_at: 1_700_000_000,
    model: 'm',
    status: 'completed',
    error: null,
    incomplete_details: null,
    output: [
      {
        id: 'msg_1',
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'Hello', annotations: [] }],
      },
    ],
  },
  anthropic: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [{ type: 'text', text: 'Hello' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
  },
  gemini: {
    responseId: 'r1',
    modelVersion: 'm',
    createTime: '2023-11-14T22:13:20Z',
    candidates: [
      { index: 0, content: { role: 'model', parts: [{ text: 'Hello' }] }, finishReason: 'STOP' },
    ],
  },
}

/** A value inside, by a path of names and indexes with dots. */
export function valueAt(value: JsonValue | undefined, path: string): JsonValue | undefined {
  if (path === '') return value
  return path.split('.').reduce<JsonValue | undefined>((inside, key) => {
    if (Array.isArray(inside)) return inside[Number(key)]
    return isJsonObject(inside) ? inside[key] : undefined
  }, value)
}

/** The object with members put into the object at a path. */
export function withMembers(object: JsonObject, path: string, members: JsonObject): JsonObject {
  const replaced = replaceAt(object, path === '' ? [] : path.split('.'), members)
  return isJsonObject(replaced) ? replaced : object
}

function replaceAt(value: JsonValue, keys: readonly string[], members: JsonObject): JsonValue {
  const [key, ...rest] = keys
  if (key === undefined) return isJsonObject(value) ? { ...value, ...members } : value
  if (Array.isArray(value)) {
    return value.map((item, index) =>
      index === Number(key) ? replaceAt(item, rest, members) : item,
    )
  }
  return isJsonObject(value)
    ? { ...value, [key]: replaceAt(value[key] ?? {}, rest, members) }
    : value
}
