import type { Headers } from '@jackfield/core'
import type { FastifyRequest } from 'fastify'
import { type RequestTarget, requestTarget } from './request-target.ts'

/** Path, query and headers of a request, with the caller's key among the headers only. */
export interface Caller extends RequestTarget {
  readonly headers: Headers
}

const keyHeader = 'x-goog-api-key'

/**
 * What a request says of itself. Gemini's clients may write their key as the query's `key`: it counts as their header
 * for keys where they sent none, and is in no case part of the query that goes on, so that it reaches no provider.
 */
export function callerOf({ raw, server }: FastifyRequest): Caller {
  const { path, query } = requestTarget(raw.url ?? '/', server.prefix)
  const { headers } = raw
  if (!query.includes('key=')) return { path, query, headers }
  const fields = query.split('&')
  const key = fields.find(isKey)?.slice('key='.length)
  if (key === undefined) return { path, query, headers }
  return {
    path,
    query: fields.filter((field) => !isKey(field)).join('&'),
    headers: headers[keyHeader] === undefined ? { ...headers, [keyHeader]: decode(key) } : headers,
  }
}

function isKey(field: string): boolean {
  return field.startsWith('key=')
}

/** Requests with a bad percent-encoding are refused before; one that comes this far has no key. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return ''
  }
}
