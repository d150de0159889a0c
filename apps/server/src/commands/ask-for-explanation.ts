import { isJsonObject, type JsonValue } from '@jackfield/core'
import type { ExplanationDocument } from './explanation-text.ts'

/** What came of the question: an explanation, a refusal in words, or nobody who answers. */
export type AskedAnswer =
  | { readonly document: ExplanationDocument }
  | { readonly refused: string }
  | { readonly unavailable: string }

/** Milliseconds for an answer: the gateway may wait for lists of models. */
const patience = 30_000

/** Asks a gateway. Never rejects. */
export async function askForExplanation(
  body: string,
  { url, key }: { readonly url: string; readonly key?: string },
): Promise<AskedAnswer> {
  try {
    const response = await fetch(`${url}/v1/jackfield/explain`, {
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.timeout(patience),
      headers: {
        'content-type': 'application/json',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body,
    })
    return read(response.status, await response.text(), url)
  } catch (error) {
    return { unavailable: describeFailure(error, url) }
  }
}

function read(status: number, text: string, url: string): AskedAnswer {
  const document = parse(text)
  if (status === 200 && isExplanation(document)) return { document }
  const message = messageIn(document)
  if (message === undefined)
    return { refused: `What answers at ${url} (${status}) is no Jackfield gateway that explains.` }
  const hint = status === 401 ? ' Give it with --key, or in JACKFIELD_KEY.' : ''
  return { refused: `${message}${hint}` }
}

function parse(text: string): JsonValue {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Whether a document has what the gateway always sends. */
function isExplanation(document: JsonValue | object): document is JsonValue & ExplanationDocument {
  const members = ['decision', 'warnings', 'branches', 'skipped'] as const
  return (
    typeof document === 'object' &&
    document !== null &&
    members.every((name) => name in document && Array.isArray(Reflect.get(document, name)))
  )
}

/** The words of an error, in any form that the gateway has for them. */
function messageIn(document: JsonValue): string | undefined {
  if (!isJsonObject(document)) return undefined
  const { error } = document
  if (typeof error === 'string') return error
  const message = isJsonObject(error) ? error['message'] : undefined
  return typeof message === 'string' ? message : undefined
}

function describeFailure(error: unknown, url: string): string {
  const cause = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'ECONNREFUSED') return `No gateway listens at ${url}.`
  if (error instanceof Error && error.name === 'TimeoutError') {
    return `The gateway at ${url} did not answer in ${patience / 1_000} seconds.`
  }
  return `The gateway at ${url} cannot be reached: ${code ?? String(error)}.`
}
