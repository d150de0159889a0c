import type { Headers } from '@jackfield/core'

/** Fields that describe one connection and not the answer (RFC 9110 7.6.1). Node writes its own. */
const connectionFields: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

const fieldName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const forbiddenInValue = /[^\t\u0020-\u007e\u0080-\u00ff]/

/** Header values that a host's own hooks set on its reply, as Fastify and `node:http` keep them. */
export type HostHeaders = Readonly<Record<string, string | number | readonly string[] | undefined>>

/**
 * The fields of an answer as `writeHead` takes them: names and values by turns. Fields of the connection are left out,
 * and so is every field whose name or value could not stand on one line: nothing that a provider sends can add a line.
 * `content-length` is left to the caller.
 */
export function answerFields(headers: Headers, host: HostHeaders): string[] {
  const fields: string[] = []
  for (const name in host) {
    if (headers[name] === undefined) addField(fields, name, host[name])
  }
  for (const name in headers) addField(fields, name, headers[name])
  if (isEventStream(headers)) addStreamFields(fields, headers)
  return fields
}

function addField(fields: string[], name: string, value: HostHeaders[string]): void {
  if (value === undefined || name === 'content-length') return
  if (connectionFields.has(name) || !fieldName.test(name)) return
  if (typeof value === 'object') {
    for (const one of value) addField(fields, name, one)
    return
  }
  const text = String(value)
  if (!forbiddenInValue.test(text)) fields.push(name, text)
}

/** Keeps caches from storing an event stream and reverse proxies from collecting it. */
function addStreamFields(fields: string[], headers: Headers): void {
  if (headers['cache-control'] === undefined) {
    fields.push('cache-control', 'no-cache, no-transform')
  }
  if (headers['x-accel-buffering'] === undefined) fields.push('x-accel-buffering', 'no')
}

function isEventStream(headers: Headers): boolean {
  const type = headers['content-type']
  return typeof type === 'string' && type.startsWith('text/event-stream')
}
