import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import { isFilledText, type Report } from '@jackfield/dialect-kit'
import { callIdRule } from '../chat/call-ids.ts'

/** Blocks that are calls of tools, whoever runs them. */
export const callTypes: ReadonlySet<JsonValue | undefined> = new Set([
  'tool_use',
  'server_tool_use',
  'mcp_tool_use',
])

/** Blocks that come whole, and what they need. */
const wholeBlocks: Readonly<Record<string, readonly string[]>> = {
  redacted_thinking: ['data'],
  mcp_tool_listing: ['mcp_server_name'],
  container_upload: ['file_id'],
  fallback: [],
  compaction: [],
}

/** What is common to a block in a whole message and at its start in a stream. */
export function checkBlock(block: JsonValue | undefined, report: Report): JsonObject | undefined {
  if (!isJsonObject(block)) {
    report('a block is not an object')
    return undefined
  }
  const { type } = block
  if (!isFilledText(type)) report('a block has no `type`')
  else if (type === 'text') checkText(block, report)
  else if (type === 'thinking') checkThinking(block, report)
  else if (callTypes.has(type)) checkCall(block, report)
  else if (type.endsWith('_tool_result')) checkResult(block, report)
  else checkWhole(block, type, report)
  return block
}

function checkText({ text, citations }: JsonObject, report: Report): void {
  if (typeof text !== 'string') report('the `text` of a block is no text')
  if (citations === undefined || citations === null) return
  if (!Array.isArray(citations)) report('`citations` is neither a list nor null')
  else for (const citation of citations) checkCitation(citation, report)
}

export function checkCitation(citation: JsonValue | undefined, report: Report): void {
  const isTyped = isJsonObject(citation) && isFilledText(citation['type'])
  if (!isTyped) report('a citation has no `type`')
}

function checkThinking({ thinking, signature }: JsonObject, report: Report): void {
  if (typeof thinking !== 'string') report('the `thinking` of a block is no text')
  if (signature !== undefined && typeof signature !== 'string') report('a `signature` is no text')
}

function checkCall({ id, name, input }: JsonObject, report: Report): void {
  if (!isFilledText(id) || !callIdRule.pattern.test(id)) report('the `id` of a call is not legal')
  if (!isFilledText(name)) report('a call has no `name`')
  if (!isJsonObject(input)) report('the `input` of a call is not an object')
}

function checkResult({ tool_use_id: id, content }: JsonObject, report: Report): void {
  if (!isFilledText(id)) report('the result of a tool has no `tool_use_id`')
  if (content === undefined) report('the result of a tool has no `content`')
}

function checkWhole(block: JsonObject, type: string, report: Report): void {
  const wanted = Object.hasOwn(wholeBlocks, type) ? wholeBlocks[type] : undefined
  if (wanted === undefined) report(`no block has the type \`${type}\``)
  for (const name of wanted ?? []) {
    if (!isFilledText(block[name])) report(`a block of the type \`${type}\` has no \`${name}\``)
  }
}
