import {
  type ChatResponse,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type OpaqueState,
} from '@jackfield/core'
import { smallestRequests, valueAt } from '../probes/smallest.ts'
import { contextFor, decodeWire, dialects, models, type Protocol } from '../support/protocols.ts'

/** The state that a client of this protocol brings along when it sends an answer back as part of its history. */
export function statesSentBack(to: Protocol, answer: ChatResponse): readonly OpaqueState[] {
  const bytes = dialects[to].chat.encodeResponse(answer, contextFor(to, 'json'))
  const document: JsonObject = JSON.parse(Buffer.from(bytes).toString())
  const request = decodeWire(to, historyWith(to, document), { model: models[to], stream: false })
  return request.messages.flatMap(({ content }) =>
    content.flatMap((part) => ('state' in part ? (part.state ?? []) : [])),
  )
}

function historyWith(to: Protocol, answer: JsonObject): JsonObject {
  const request = smallestRequests[to]
  switch (to) {
    case 'chat':
      return {
        ...request,
        messages: [...listAt(request, 'messages'), valueAt(answer, 'choices.0.message') ?? null],
      }
    case 'responses':
      return { ...request, input: [...listAt(request, 'input'), ...listAt(answer, 'output')] }
    case 'anthropic': {
      const message = { role: 'assistant', content: answer['content'] ?? [] }
      return { ...request, messages: [...listAt(request, 'messages'), message] }
    }
    case 'gemini': {
      const content = valueAt(answer, 'candidates.0.content')
      const turn = isJsonObject(content) ? [content] : []
      return { ...request, contents: [...listAt(request, 'contents'), ...turn] }
    }
    default:
      return to satisfies never
  }
}

function listAt(object: JsonObject, name: string): readonly JsonValue[] {
  const list = object[name]
  return Array.isArray(list) ? list : []
}
