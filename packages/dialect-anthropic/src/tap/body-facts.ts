import {
  type ErrorCode,
  isJsonObject,
  type JsonDocument,
  type JsonMember,
  type JsonObject,
  type JsonValue,
  type JsonValueSpan,
  objectElements,
  readString,
  readValue,
  scanDocument,
  type TapReport,
} from '@jackfield/core'
import type { StateListener } from '@jackfield/dialect-kit'
import { decodeFinish } from '../chat/finish-reason.ts'
import { decodeUsage } from '../chat/usage.ts'
import { answerError } from '../errors/decode-error.ts'
import { spanOf, textMember } from '../request/spans.ts'

/** Characters per token, for estimates. */
const tokenLength = 4

/** What a whole answer says, found by scanning it exactly and parsing only the members that matter. */
export function bodyFacts(
  body: Uint8Array,
  errorCodes: Readonly<Record<string, ErrorCode>>,
  onState?: StateListener,
): TapReport {
  const document = scanDocument(body)
  const error = answerError(shortMembers(document), errorCodes)
  if (error !== undefined) return { complete: false, error }
  const content = document.get('content')
  // A count of tokens is an answer too.
  const isAnswer = content?.kind === 'array' || document.get('input_tokens')?.kind === 'number'
  const blocks = content?.kind === 'array' ? readBlocks(body, content, onState) : { calls: false }
  return {
    complete: isAnswer,
    ...text(document, 'id', 'responseId'),
    ...text(document, 'model', 'model'),
    ...usageOf(document, content),
    ...(content?.kind === 'array'
      ? {
          finish: decodeFinish(
            {
              stop_reason: memberOf(document, 'stop_reason'),
              stop_sequence: memberOf(document, 'stop_sequence'),
            },
            blocks.calls,
          ),
        }
      : {}),
  }
}

/** The members that tell errors. */
function shortMembers(document: JsonDocument): JsonObject {
  const found = ['type', 'error']
    .map((name) => [name, memberOf(document, name)] as const)
    .filter((entry): entry is readonly [string, JsonValue] => entry[1] !== undefined)
  return Object.fromEntries(found)
}

function memberOf(document: JsonDocument, name: string): JsonValue | undefined {
  const span = document.get(name)
  return span === undefined ? undefined : (readValue(document.bytes, span) as JsonValue)
}

function text<Name extends 'responseId' | 'model'>(
  document: JsonDocument,
  member: string,
  name: Name,
): Partial<Record<Name, string>> {
  const span = document.get(member)
  const value = span?.kind === 'string' ? readString(document.bytes, span) : ''
  const found: Partial<Record<Name, string>> = {}
  if (value !== '') found[name] = value
  return found
}

function usageOf(
  document: JsonDocument,
  content: JsonValueSpan | undefined,
): Pick<TapReport, 'usage' | 'estimate'> {
  const value = memberOf(document, 'usage')
  const usage = isJsonObject(value) ? decodeUsage(value) : undefined
  if (usage !== undefined) return { usage }
  if (content === undefined) return {}
  const tokens = Math.max(1, Math.round((content.end - content.start) / tokenLength))
  return { estimate: { outputTokens: tokens } }
}

function readBlocks(
  body: Uint8Array,
  content: JsonValueSpan,
  onState: StateListener | undefined,
): { readonly calls: boolean } {
  let calls = false
  for (const { members = [] } of objectElements(body, content, { duplicates: 'keep' })) {
    const type = textMember(body, members, 'type')
    if (type === 'tool_use') calls = true
    else if (onState !== undefined) tellState(body, { type, members, onState })
  }
  return { calls }
}

interface StatefulBlock {
  readonly type: string | undefined
  readonly members: readonly JsonMember[]
  readonly onState: StateListener
}

function tellState(body: Uint8Array, { type, members, onState }: StatefulBlock): void {
  const name = type === 'thinking' ? 'signature' : type === 'redacted_thinking' ? 'data' : undefined
  const span = name === undefined ? undefined : spanOf(members, name)
  if (span?.kind !== 'string') return
  const data = readString(body, span)
  const kind = type === 'thinking' ? 'signature' : 'redacted-thinking'
  if (data !== '') onState({ kind, data })
}
