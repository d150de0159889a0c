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
  scanDocument,
  type TapReport,
  type Usage,
} from '@jackfield/core'
import {
  costOf,
  memberSpan,
  memberText,
  namesIn,
  type StateListener,
  valueIn,
} from '@jackfield/dialect-kit'
import { decodeFinish } from '../chat/finish-reason.ts'
import { decodeUsage } from '../chat/usage.ts'
import { answerError } from '../errors/decode-error.ts'

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
    ...namesIn(document),
    ...costOf(usageIn(document), content),
    ...(content?.kind === 'array'
      ? {
          finish: decodeFinish(
            {
              stop_reason: valueIn(document, 'stop_reason'),
              stop_sequence: valueIn(document, 'stop_sequence'),
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
    .map((name) => [name, valueIn(document, name)] as const)
    .filter((entry): entry is readonly [string, JsonValue] => entry[1] !== undefined)
  return Object.fromEntries(found)
}

function usageIn(document: JsonDocument): Usage | undefined {
  const usage = valueIn(document, 'usage')
  return isJsonObject(usage) ? decodeUsage(usage) : undefined
}

function readBlocks(
  body: Uint8Array,
  content: JsonValueSpan,
  onState: StateListener | undefined,
): { readonly calls: boolean } {
  let calls = false
  for (const { members = [] } of objectElements(body, content, { duplicates: 'keep' })) {
    const type = memberText(body, members, 'type')
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
  const span = name === undefined ? undefined : memberSpan(members, name)
  if (span?.kind !== 'string') return
  const data = readString(body, span)
  const kind = type === 'thinking' ? 'signature' : 'redacted-thinking'
  if (data !== '') onState({ kind, data })
}
