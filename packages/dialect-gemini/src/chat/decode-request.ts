import type { CallHead, ChatRequest, JsonObject } from '@jackfield/core'
import { asExtensions, leftoverOf, optionalString, parseRequest } from '@jackfield/dialect-kit'
import { camelObject } from '../camel-case.ts'
import { geminiName } from '../names.ts'
import { decodeConfig } from './decode-config.ts'
import { decodeContents, decodeSystem } from './decode-contents.ts'
import { decodeToolConfig, decodeTools } from './decode-tools.ts'

/** Members that are read whole, or into which what is left of them is put back. */
const known = new Set([
  ...['model', 'contents', 'systemInstruction', 'tools', 'toolConfig', 'generationConfig'],
  'serviceTier',
])

/** A generateContent request, in the spellings that clients really send. */
export function decodeRequest(body: Uint8Array, head: CallHead): ChatRequest {
  return decodeWire(camelObject(parseRequest(body)), head)
}

/** The same for the parsed body in camelCase. */
export function decodeWire(wire: JsonObject, head: CallHead): ChatRequest {
  const config = decodeConfig(wire)
  const { choice, leftover } = decodeToolConfig(wire)
  const left = {
    ...leftoverOf(wire, known),
    ...(config.leftover === undefined ? {} : { generationConfig: config.leftover }),
    ...(leftover === undefined ? {} : { toolConfig: leftover }),
  }
  return {
    model: head.model ?? '',
    messages: [...decodeSystem(wire['systemInstruction']), ...decodeContents(wire['contents'])],
    stream: head.stream,
    includeUsage: true,
    ...decodeTools(wire),
    ...(choice === undefined ? {} : { toolChoice: choice }),
    ...config.settings,
    ...decodeTier(wire),
    ...asExtensions(left, geminiName),
  }
}

/** `standard` is what others call `default`. */
function decodeTier(wire: JsonObject): Pick<ChatRequest, 'serviceTier'> {
  const tier = optionalString(wire, 'serviceTier')?.toLowerCase() ?? ''
  if (tier === '' || tier === 'unspecified') return {}
  return { serviceTier: tier === 'standard' ? 'default' : tier }
}
