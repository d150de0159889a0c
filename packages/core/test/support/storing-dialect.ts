import type { CallInput } from '../../src/call.ts'
import type { AnswerStorage, Dialect } from '../../src/dialect.ts'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import type { JsonObject } from '../../src/json-value.ts'
import { createFakeDialect } from './fake-dialect.ts'

const parse = (body: Uint8Array) => JSON.parse(Buffer.from(body).toString()) as JsonObject
const bytes = (value: object) => Buffer.from(JSON.stringify(value))

const storage: AnswerStorage = {
  isWanted: (body) => parse(body)['store'] !== false,
  record: (body, _head, answer) => ({ asked: parse(body)['text'] ?? '', answer }),
  resume: (body, _head, record) => {
    const { previous: _, text, ...rest } = parse(body)
    return bytes({ ...rest, text: `${String(record['asked'])} then ${String(text)}` })
  },
  references: (body) => {
    const { names } = parse(body)
    return Array.isArray(names) ? names.map(String) : []
  },
  insert: (body, _head, records) => {
    const { names: _, text, ...rest } = parse(body)
    return bytes({ ...rest, text: [...records.map(({ asked }) => asked), text].join(' and ') })
  },
  serve: (input, record) => ({
    body: bytes({ kept: record['answer'] ?? null }),
    framing: 'json',
    forget: input.method === 'DELETE',
  }),
  continueAs: (body, _head, id) => {
    const { previous: _, ...rest } = parse(body)
    return bytes(id === undefined ? rest : { ...rest, previous: id })
  },
  unknown: (id, head) =>
    new GatewayError('invalid_request', `Nobody knows ${id}.`, {
      param: head.resourceId === undefined ? 'previous' : 'id',
    }),
}

/** The fake dialect with answers that can be named: whole answers are documents with the id of the call. */
export function storing(): Dialect {
  const plain = createFakeDialect('fake-a')
  return {
    ...plain,
    storage,
    head(input) {
      if (input.operation === 'resource') {
        const resourceId = input.path.slice('/answers/'.length)
        return {
          operation: 'resource',
          stream: false,
          framing: 'opaque',
          includeUsage: true,
          resourceId,
        }
      }
      const head = plain.head(input)
      const previous = input.body instanceof Uint8Array ? parse(input.body)['previous'] : undefined
      return typeof previous === 'string' ? { ...head, continues: previous } : head
    },
    tap(framing, options) {
      const tap = plain.tap(framing, options)
      return new Proxy(tap, {
        get(target, name) {
          const value = Reflect.get(target, name, target)
          if (name === 'report') return () => ({ ...target.report(), responseId: 'resp_provider' })
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
    },
    chat: {
      ...plain.chat,
      encodeResponse(response, context) {
        context.keep?.({
          id: `resp_${response.content.length}`,
          echo: context.field?.('text') ?? '',
        })
        return plain.chat.encodeResponse(response, context)
      },
    },
  }
}

/** What differs in a call about a stored answer. */
export const resource = (id: string, dialect: Dialect, method = 'GET'): Partial<CallInput> => ({
  operation: 'resource',
  dialect,
  method,
  path: `/answers/${id}`,
})
/** What differs in a call that says `body`. */
export const ask = (dialect: Dialect, body: object) => ({ dialect, body: { model: 'm', ...body } })
