import type { JsonObject } from '../strict/rule.ts'
import type { CompleteItem } from './complete-answer.ts'

/** A finished item as it is on the wire (OpenAI Responses 2.4). */
export function itemDocument(item: CompleteItem): JsonObject {
  switch (item.type) {
    case 'message': {
      const { id, status, phase } = item
      const content = messageParts(item).map(({ part }) => part)
      return { id, type: 'message', status, role: 'assistant', ...(phase && { phase }), content }
    }
    case 'reasoning':
      return reasoningDocument(item, item.encrypted)
    case 'function_call':
      return { ...callHead(item), arguments: item.pieces.join(''), status: item.status }
    case 'custom_tool_call':
      return { ...callHead(item), input: item.pieces.join(''), status: item.status }
    case 'raw':
      return item.item
  }
}

/** The same item when it was only begun: no text, no arguments, in progress. */
export function openedItem(item: CompleteItem): JsonObject {
  const status = 'in_progress'
  switch (item.type) {
    case 'message':
      return { ...itemDocument(item), status, content: [] }
    case 'reasoning': {
      // State that is shown early differs from the final one, which alone is of use.
      const early = item.encrypted?.slice(0, Math.ceil(item.encrypted.length / 2))
      return { ...reasoningDocument({ ...item, summary: [] }, early), content: [] }
    }
    case 'function_call':
      return { ...callHead(item), arguments: '', status }
    case 'custom_tool_call':
      return { ...callHead(item), input: '', status }
    case 'raw':
      return openedRaw(item.item)
  }
}

/** A content part of a message: whole, as it begins, and the pieces between. */
export interface MessagePart {
  readonly part: JsonObject
  readonly opened: JsonObject
  readonly pieces: readonly string[]
}

/** The parts of a message: its text, then its refusal. */
export function messageParts(
  item: Extract<CompleteItem, { type: 'message' }>,
): readonly MessagePart[] {
  const { text, refusal, annotations } = item
  const type = 'output_text'
  const logprobs = logprobsOf(item, text ?? [])
  return [
    ...(text
      ? [
          {
            part: { type, annotations, logprobs, text: text.join('') },
            opened: { type, annotations: [], logprobs: [], text: '' },
            pieces: text,
          },
        ]
      : []),
    ...(refusal
      ? [
          {
            part: { type: 'refusal', refusal: refusal.join('') },
            opened: { type: 'refusal', refusal: '' },
            pieces: refusal,
          },
        ]
      : []),
  ]
}

/** The log probabilities of pieces, each taken for a token; none unless they were asked for. */
export function logprobsOf(
  item: Extract<CompleteItem, { type: 'message' }>,
  pieces: readonly string[],
): readonly JsonObject[] {
  if (!item.logprobs) return []
  return pieces.map((token) => ({
    token,
    bytes: [...Buffer.from(token)],
    logprob: -0.25,
    top_logprobs: [],
  }))
}

function reasoningDocument(
  item: Extract<CompleteItem, { type: 'reasoning' }>,
  encrypted: string | undefined,
): JsonObject {
  const { id, summary, content } = item
  return {
    id,
    type: 'reasoning',
    summary: summary.map((pieces) => ({ type: 'summary_text', text: pieces.join('') })),
    ...(content && { content: [{ type: 'reasoning_text', text: content.join('') }] }),
    ...(encrypted !== undefined && { encrypted_content: encrypted }),
  }
}

function callHead(
  item: Extract<CompleteItem, { type: 'function_call' | 'custom_tool_call' }>,
): JsonObject {
  const { id, type, callId, name } = item
  const namespace = 'namespace' in item ? { namespace: item.namespace } : {}
  return { id, type, call_id: callId, name, ...namespace }
}

/** What is only known at the end of a trace of the provider's own tools; undefined is left out until then. */
const early: Readonly<Record<string, unknown>> = {
  action: undefined,
  code: '',
  output: null,
  outputs: null,
  result: null,
  results: null,
  status: 'in_progress',
}

function openedRaw(item: JsonObject): JsonObject {
  const opened = Object.entries(item).map(([name, value]) => {
    if (name === 'arguments' && typeof value === 'string') return [name, '']
    return [name, name in early ? early[name] : value]
  })
  return Object.fromEntries(opened.filter(([, value]) => value !== undefined))
}
