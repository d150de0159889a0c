import {
  type ChatResponse,
  isGatewayError,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '@jackfield/core'
import type { Concept, ErrorConcept, Topic } from '../probes/probe.ts'
import { smallestAnswers, smallestRequests, valueAt, withMembers } from '../probes/smallest.ts'
import {
  contextFor,
  decodeWire,
  dialects,
  models,
  type Protocol,
  protocols,
} from '../support/protocols.ts'
import { difference } from './difference.ts'

/** What became of something on its way from one protocol to another. */
export interface Outcome {
  /** The members that arrived; absent where nothing did. */
  readonly arrived?: JsonValue
  readonly dropped?: readonly string[]
  readonly refused?: string
}

/** Outcomes by the protocol that it was said in, then by the one that it went to. */
export type Outcomes = ReadonlyMap<Protocol, ReadonlyMap<Protocol, Outcome>>

type Way = (from: Protocol, to: Protocol, said: JsonObject) => Outcome

function everyWay(said: Concept['said'], way: Way): Outcomes {
  const ways = protocols.flatMap((from) => {
    const words = said[from]
    if (words === undefined) return []
    return [[from, new Map(protocols.map((to) => [to, way(from, to, words)]))] as const]
  })
  return new Map(ways)
}

/** What providers get when clients say something. */
export function requestOutcomes(topic: Topic, { said }: Concept): Outcomes {
  return everyWay(said, (from, to, words) => {
    const model = topic.models?.[to] ?? models[to]
    const plain = { ...smallestRequests[from], ...topic.beside?.[from] }
    const probe = withMembers(plain, topic.place?.[from] ?? '', words)
    try {
      const { body, dropped } = encodeFor(
        to,
        model,
        decodeWire(from, probe, { model, stream: false }),
      )
      const base = encodeFor(to, model, decodeWire(from, plain, { model, stream: false }))
      const added = dropped.filter((name) => !base.dropped.includes(name))
      return { ...arrivedIn(base.body, body, topic, to), dropped: added }
    } catch (error) {
      if (!isGatewayError(error)) throw error
      return { refused: `\`${error.code}\` ${error.message}` }
    }
  })
}

function encodeFor(to: Protocol, model: string, request: ReturnType<typeof decodeWire>) {
  return dialects[to].chat.encodeRequest({ ...request, model })
}

function arrivedIn(base: JsonObject, body: JsonObject, topic: Topic, to: Protocol): Outcome {
  const { place, hidden = [] } = topic
  const at = place?.[to] ?? ''
  const arrived = difference(valueAt(base, at), valueAt(body, at))
  if (!isJsonObject(arrived)) return arrived === undefined ? {} : { arrived }
  const shown = Object.entries(arrived).filter(([name]) => !hidden.includes(name))
  return shown.length === 0 ? {} : { arrived: Object.fromEntries(shown) }
}

/** What clients get when providers say something. */
export function answerOutcomes(topic: Topic, { said }: Concept): Outcomes {
  return everyWay(said, (from, to, words) => {
    const place = topic.place?.[from] ?? ''
    const answer = decodeAnswer(from, withMembers(smallestAnswers[from], place, words))
    const base = encodeAnswer(to, decodeAnswer(from, smallestAnswers[from]))
    return arrivedIn(base, encodeAnswer(to, answer), topic, to)
  })
}

export function decodeAnswer(from: Protocol, wire: JsonObject): ChatResponse {
  return dialects[from].chat.decodeResponse(Buffer.from(JSON.stringify(wire)))
}

function encodeAnswer(to: Protocol, answer: ChatResponse): JsonObject {
  const bytes = dialects[to].chat.encodeResponse(answer, contextFor(to, 'json'))
  return JSON.parse(Buffer.from(bytes).toString())
}

/** What clients get when providers fail. */
export function errorOutcomes(concept: ErrorConcept): Outcomes {
  const { said, headers: sent = {} } = concept
  return everyWay(said, (from, to, words) => {
    const error = dialects[from].decodeError({
      status: statusOf(concept, from),
      headers: sent,
      body: Buffer.from(JSON.stringify(words)),
    })
    const { status, headers, body } = dialects[to].encodeError(error)
    const retry = headers['retry-after']
    const hint = retry === undefined ? '' : `, Retry-After: ${retry}`
    return { arrived: `${errorWords(status, JSON.parse(Buffer.from(body).toString()))}${hint}` }
  })
}

/** An error by its status and the words that programs read. */
export function errorWords(status: number, body: JsonObject): string {
  const { error } = body
  if (!isJsonObject(error)) return `${status}`
  const { type, code, status: word } = error
  const words = [type, word, typeof code === 'string' ? code : undefined]
  return [status, ...words.filter((each) => typeof each === 'string')].join(' ')
}

export function statusOf({ status }: Pick<ErrorConcept, 'status'>, from: Protocol): number {
  return typeof status === 'number' ? status : (status[from] ?? 500)
}
