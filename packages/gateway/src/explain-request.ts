import {
  GatewayError,
  type JsonDocument,
  JsonScanError,
  objectMembers,
  readString,
  scanDocument,
} from '@jackfield/core'
import { requestTarget, targetProblem } from './request-target.ts'

/** The request that somebody wants to be explained. */
export interface ExplainedRequest {
  readonly method: (typeof methods)[number]
  /** Without query. */
  readonly path: string
  /** With its `?`; empty when there is none. */
  readonly search: string
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** The bytes as they were written. */
  readonly body?: Uint8Array
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

const members: readonly string[] = ['path', 'method', 'headers', 'body', 'model']

/** Where the short form goes. */
const shortPath = '/v1/chat/completions'

/**
 * Reads `{ path, method?, headers?, body? }`, or the short form `{ model, headers? }`: a chat completion with this model. `prefix`: where
 * the short form's path begins. Throws `invalid_request` that names the field.
 */
export function readExplainRequest(bytes: Uint8Array, prefix: string): ExplainedRequest {
  const document = scan(bytes)
  const unknown = document.members.find(({ name }) => !members.includes(name))
  if (unknown !== undefined) {
    const name = unknown.name.slice(0, 64)
    throw invalid(
      name,
      `There is no field ${JSON.stringify(name)}. Known are ${members.join(', ')}.`,
    )
  }
  return document.get('model') === undefined
    ? readWhole(document)
    : readShort(document, `${prefix}${shortPath}`)
}

function scan(bytes: Uint8Array): JsonDocument {
  try {
    return scanDocument(bytes)
  } catch (error) {
    if (!(error instanceof JsonScanError)) throw error
    const message = `The body must be a JSON object with \`path\` and \`body\`, or with \`model\`: ${error.message}.`
    throw new GatewayError('invalid_request', message)
  }
}

function readWhole(document: JsonDocument): ExplainedRequest {
  const path = textIn(document, 'path')
  if (path === undefined) {
    throw invalid('path', 'Say the path of the request, such as "/v1/messages", or only a `model`.')
  }
  const named = textIn(document, 'method') ?? 'POST'
  const method = methods.find((known) => known === named)
  if (method === undefined) {
    throw invalid('method', `\`method\` must be one of ${methods.join(', ')}.`)
  }
  const body = document.get('body')
  return {
    method,
    ...readTarget(path),
    headers: readHeaders(document),
    ...(body === undefined ? {} : { body: document.bytes.subarray(body.start, body.end) }),
  }
}

function readShort(document: JsonDocument, path: string): ExplainedRequest {
  const other = ['path', 'method', 'body'].find((name) => document.get(name) !== undefined)
  if (other !== undefined) {
    throw invalid(
      other,
      `Give either a \`model\` alone, or a \`path\` with its \`body\`: not ${other} and model.`,
    )
  }
  const model = textIn(document, 'model') ?? ''
  if (model === '') throw invalid('model', '`model` must not be empty.')
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] })
  return {
    method: 'POST',
    path,
    search: '',
    headers: readHeaders(document),
    body: Buffer.from(body),
  }
}

function readTarget(target: string): Pick<ExplainedRequest, 'path' | 'search'> {
  if (!target.startsWith('/')) throw invalid('path', '`path` must begin with "/".')
  if (!/^[!-~]*$/.test(target) || /[#\\]/.test(target)) {
    const message =
      '`path` must be printable ASCII without spaces, "#" and "\\\\". Percent-encode the rest.'
    throw invalid('path', message)
  }
  const problem = targetProblem(target)
  if (problem !== undefined) throw invalid('path', problem.message)
  const { path, query } = requestTarget(target, '')
  return { path, search: query === '' ? '' : `?${query}` }
}

const fieldName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/

function readHeaders(document: JsonDocument): Readonly<Record<string, string>> {
  const span = document.get('headers')
  if (span === undefined) return {}
  if (span.kind !== 'object') throw invalid('headers', '`headers` must be an object of texts.')
  const { bytes } = document
  const entries = objectMembers(bytes, span, { duplicates: 'keep' }).map(({ name, value }) => {
    if (!fieldName.test(name)) {
      throw invalid('headers', `${JSON.stringify(name.slice(0, 64))} is no name of a header.`)
    }
    const text = value.kind === 'string' ? readString(bytes, value) : '\n'
    if (!fieldValue.test(text)) {
      throw invalid('headers', `The header ${name} must be a text on one line.`)
    }
    return [name.toLowerCase(), text] as const
  })
  return Object.fromEntries(entries)
}

function textIn(document: JsonDocument, name: string): string | undefined {
  const span = document.get(name)
  if (span === undefined) return undefined
  if (span.kind !== 'string') throw invalid(name, `\`${name}\` must be a text.`)
  return readString(document.bytes, span)
}

function invalid(param: string, message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param })
}
