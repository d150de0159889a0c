import type { AssistantPart, MediaPart, ToolResultPart, UserPart } from './content.ts'
import type { ChatRequest, Message, Tool } from './request.ts'

/** Bytes of UTF-8 text that are about one token, over the tokenizers in use. */
const bytesPerToken = 4

/** What the frame of a message costs. */
const messageTokens = 4

/** What an image of usual size costs, and a page or two of a document. Providers count by pixels and pages. */
const imageTokens = 1_200
const fileTokens = 2_000

/** Seconds of sound in a kilobyte of base64 vary too much to be counted; a short clip stands for all. */
const clipTokens = 800

/** About how many input tokens a request has, for answers that say that they are an estimate. Within a third for prose. */
export function estimateInputTokens({ messages, tools = [], output }: ChatRequest): number {
  const spoken = messages.reduce((sum, message) => sum + messageTokens + ofMessage(message), 0)
  const offered = tools.reduce((sum, tool) => sum + ofTool(tool), 0)
  const shaped = output?.type === 'json-schema' ? ofText(JSON.stringify(output.schema)) : 0
  return Math.max(1, Math.ceil(spoken + offered + shaped))
}

function ofMessage({ content }: Message): number {
  return content.reduce((sum, part) => sum + ofPart(part), 0)
}

function ofPart(part: AssistantPart | UserPart | ToolResultPart): number {
  switch (part.type) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      return ofText(part.text)
    case 'tool-call':
      return messageTokens + ofText(part.name) + ofText(part.arguments)
    case 'tool-result':
      return messageTokens + ofResult(part)
    case 'provider':
      return ofText(JSON.stringify(part.value))
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
      return ofMedia(part)
    default:
      return part satisfies never
  }
}

function ofResult({ content, structured }: ToolResultPart): number {
  const told = content.reduce((sum, part) => sum + ofPart(part), 0)
  return told + (structured === undefined ? 0 : ofText(JSON.stringify(structured)))
}

function ofMedia({ type, source }: MediaPart): number {
  if (source.kind === 'text') return ofText(source.text)
  if (type === 'image') return imageTokens
  return type === 'file' ? fileTokens : clipTokens
}

function ofTool(tool: Tool): number {
  return messageTokens + ofText(JSON.stringify(tool))
}

function ofText(text: string): number {
  return Buffer.byteLength(text) / bytesPerToken
}
