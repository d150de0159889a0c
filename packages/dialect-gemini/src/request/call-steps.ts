import {
  type JsonElement,
  type JsonMember,
  type OpaqueState,
  readString,
  scanDocument,
} from '@jackfield/core'
import { seemsSigned } from './signed-steps.ts'
import { elementsIn, roleOf, spanOf } from './spans.ts'

/** A content of a request. */
export interface WireContent {
  readonly isUser: boolean
  readonly parts: readonly JsonElement[]
}

/** The contents of a body. Throws for what is no JSON. */
export function contentsOf(body: Uint8Array): readonly WireContent[] {
  const span = scanDocument(body).get('contents')
  return [...elementsIn(body, span)].map(({ members = [] }) => {
    const role = roleOf(body, members)
    const isUser = role !== 'model' && role !== 'assistant'
    return { isUser, parts: [...elementsIn(body, spanOf(members, 'parts'))] }
  })
}

const signatureNames = ['thoughtSignature', 'thought_signature']
const callNames = ['functionCall', 'function_call']
const responseNames = ['functionResponse', 'function_response']

/** The members of a part that are its signature: it may have it in both spellings. */
export function signaturesIn({ members = [] }: JsonElement): readonly JsonMember[] {
  return members.filter(({ name }) => isSignature(name))
}

export function isSignature(name: string): boolean {
  return signatureNames.includes(name)
}

/**
 * The calls at which newer models demand a signature: the first of each step of the current turn (protocol reference 4.4). Neighbouring
 * contents of the model are one step, of which clients keep the chunks.
 */
export function firstCalls(contents: readonly WireContent[]): ReadonlySet<JsonElement> {
  const found = new Set<JsonElement>()
  let isAsked = false
  for (const { isUser, parts } of contents.slice(currentTurn(contents) + 1)) {
    if (isUser) isAsked = false
    const call = isUser || isAsked ? undefined : parts.find((part) => has(part, callNames))
    if (call === undefined) continue
    found.add(call)
    isAsked = true
  }
  return found
}

/** Index of the content with which the current turn begins: the last words of the user that do not stand beside responses. */
function currentTurn(contents: readonly WireContent[]): number {
  return contents.findLastIndex(
    (content, index) =>
      content.isUser && ![-1, 0, 1].some((offset) => answers(contents[index + offset])),
  )
}

function answers(content: WireContent | undefined): boolean {
  return content?.isUser === true && content.parts.some((part) => has(part, responseNames))
}

function has({ members = [] }: JsonElement, wanted: readonly string[]): boolean {
  return members.some(({ name }) => wanted.includes(name))
}

/**
 * A call without any signature, as what its id says of who made it; `undefined` for one that has a signature. One without an id is
 * nobody's that we know: nearly always Google's own, whose models before Gemini 3 need not sign.
 */
export function bareCall(body: Uint8Array, part: JsonElement): OpaqueState | undefined {
  const isSigned = signaturesIn(part).some(({ value }) => isText(body, value))
  return isSigned ? undefined : { kind: 'call', data: callId(body, part) }
}

function isText(body: Uint8Array, value: JsonMember['value']): boolean {
  return value.kind === 'string' && readString(body, value) !== ''
}

function callId(body: Uint8Array, { members = [] }: JsonElement): string {
  const call = members.find(({ name }) => callNames.includes(name))?.value
  const [inner] = [...elementsIn(body, call)]
  const id = spanOf(inner?.members ?? [], 'id')
  return id?.kind === 'string' ? readString(body, id) : ''
}

/** The calls of a body at which a signature is missing; none in what is no request. By far the most bodies are not walked through. */
export function bareCalls(body: Uint8Array): readonly OpaqueState[] {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  if (seemsSigned(bytes)) return []
  try {
    return [...firstCalls(contentsOf(body))].flatMap((part) => bareCall(body, part) ?? [])
  } catch {
    return []
  }
}
