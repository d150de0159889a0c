import {
  type ChatRequest,
  type EncodedRequest,
  GatewayError,
  type JsonObject,
} from '@jackfield/core'
import {
  createToolNames,
  foreignMembers,
  refuseContinued,
  withLeftover,
} from '@jackfield/dialect-kit'
import { geminiName } from '../names.ts'
import type { Variant } from '../options.ts'
import { encodeConfig, encodeTier } from './encode-config.ts'
import { encodeContents } from './encode-contents.ts'
import type { EncodeState } from './encode-state.ts'
import { encodeTools } from './encode-tools.ts'

/** Names of functions (protocol reference 4.2). */
const nameRule = { pattern: /^[A-Za-z_][A-Za-z0-9_.:-]*$/, maxLength: 128 }

/**
 * A request in a provider's words. What cannot be told is named in `dropped`, as clients know it.
 *
 * @throws GatewayError `unsupported_capability` where leaving it out would change what is asked: several candidates, the
 * continuation of a stored answer, files by the id of another provider's store.
 */
export function encodeRequest(request: ChatRequest, variant: Variant): EncodedRequest {
  refuseUntranslatable(request)
  const tools = request.tools ?? []
  const names = createToolNames(tools, nameRule)
  const state: EncodeState = {
    variant,
    facts: variant.models(request.model),
    names,
    dropped: foreignMembers(request, geminiName),
  }
  const { contents, system } = encodeContents(request.messages, state)
  const wire = {
    contents,
    ...(system.length === 0 ? {} : { systemInstruction: { parts: system } }),
    ...encodeTools(request, state),
    ...encodeConfig(request, state),
    ...encodeTier(request, state),
  }
  const body = withLeftover(wire, usableExtensions(request, wire), geminiName)
  const customTools = new Set(tools.flatMap((tool) => (tool.type === 'custom' ? [tool.name] : [])))
  const changes = {
    ...(names.changes === undefined ? {} : { toolNames: names.changes }),
    ...(customTools.size === 0 ? {} : { customTools }),
  }
  return {
    body,
    dropped: [...state.dropped],
    ...(Object.keys(changes).length === 0 ? {} : { changes }),
  }
}

/** What a client said of thinking stays here where the model refuses to be asked. */
function usableExtensions(
  { extensions }: ChatRequest,
  wire: JsonObject,
): ChatRequest['extensions'] {
  const own = extensions?.[geminiName]
  const config = own?.['generationConfig']
  if (own === undefined || !hasThinking(config) || hasThinking(wire['generationConfig'])) {
    return extensions
  }
  const { thinkingConfig: _, ...rest } = config
  return { [geminiName]: { ...own, generationConfig: rest } }
}

function hasThinking(config: unknown): config is JsonObject {
  return typeof config === 'object' && config !== null && 'thinkingConfig' in config
}

function refuseUntranslatable(request: ChatRequest): void {
  const { candidates } = request
  if (candidates !== undefined && candidates > 1) {
    const message = 'Several answers to one request cannot be translated to this provider.'
    throw new GatewayError('unsupported_capability', `${message} Ask for one.`, {
      param: 'candidateCount',
    })
  }
  refuseContinued(request)
}
