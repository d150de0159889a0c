import type { JsonObject, JsonValue, MediaPart } from '@jackfield/core'
import { mergeObjects } from '@jackfield/dialect-kit'
import { responsesName } from '../names.ts'

/** What is known of a tool call that is told to a client. */
export interface ToldCall {
  readonly callId: string
  readonly name: string
  readonly kind: 'function' | 'custom'
  readonly namespace?: string
}

export function outputText(
  text: string,
  annotations: readonly JsonObject[],
  logprobs: readonly JsonValue[],
): JsonObject {
  return { type: 'output_text', annotations, logprobs, text }
}

export function messageItem(
  id: string,
  content: readonly JsonObject[],
  { status, phase }: { readonly status: string; readonly phase?: string | undefined },
): JsonObject {
  const shown = phase === undefined ? {} : { phase }
  return { id, type: 'message', status, role: 'assistant', content, ...shown }
}

export function reasoningItem(
  id: string,
  {
    form,
    text,
    encrypted,
  }: {
    readonly form: 'summary' | 'raw'
    readonly text: string
    readonly encrypted?: string | undefined
  },
): JsonObject {
  const parts = text === '' ? [] : [{ type: partType(form), text }]
  return {
    id,
    type: 'reasoning',
    summary: form === 'summary' ? parts : [],
    ...(form === 'raw' && parts.length > 0 ? { content: parts } : {}),
    ...(encrypted === undefined ? {} : { encrypted_content: encrypted }),
  }
}

export function partType(form: 'summary' | 'raw'): string {
  return form === 'summary' ? 'summary_text' : 'reasoning_text'
}

export function callItem(id: string, call: ToldCall, text: string, status: string): JsonObject {
  const { callId, name, kind, namespace } = call
  const shared = {
    status,
    call_id: callId,
    name,
    ...(namespace === undefined ? {} : { namespace }),
  }
  return kind === 'custom'
    ? { id, type: 'custom_tool_call', ...shared, input: text }
    : { id, type: 'function_call', ...shared, arguments: text }
}

/** A generated image as the item that makes images; `undefined` where its bytes are not here. */
export function imageItem(id: string, { source, extensions }: MediaPart): JsonObject | undefined {
  if (source.kind !== 'base64') return undefined
  const subtype = source.mediaType.slice(source.mediaType.indexOf('/') + 1)
  const wire = { type: 'image_generation_call', status: 'completed', result: source.data }
  const own = extensions?.[responsesName]
  return own === undefined
    ? { id, ...wire, output_format: subtype }
    : mergeObjects(own, { ...wire })
}
