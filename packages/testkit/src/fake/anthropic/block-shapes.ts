import {
  anyObject,
  anyText,
  type Check,
  either,
  flag,
  listOf,
  oneOf,
  shape,
  tagged,
  text,
} from '../strict/shape.ts'
import { closed, closedKind } from './closed.ts'
import { serverResultShapes } from './server-result-shapes.ts'

/** `cache_control` (Anthropic Messages 3.3). */
export const cacheControl = closed({ type: oneOf('ephemeral') }, { ttl: oneOf('5m', '1h') })

const cacheable = { cache_control: cacheControl }
const url = text({ pattern: /^https?:\/\//i })
const base64 = text({ pattern: /^[A-Za-z0-9+/]+={0,2}$/ })
const fileSource = closedKind({ file_id: text() })

const imageSource = tagged({
  base64: closedKind({
    media_type: oneOf('image/jpeg', 'image/png', 'image/gif', 'image/webp'),
    data: base64,
  }),
  url: closedKind({ url }),
  file: fileSource,
})

const citationSwitch = closed({}, { enabled: flag })

/** Citations of an answer that is sent back; the places in them differ by kind and are not looked at. */
const citation = tagged({
  char_location: shape({ cited_text: anyText }),
  page_location: shape({ cited_text: anyText }),
  content_block_location: shape({ cited_text: anyText }),
  search_result_location: shape({ cited_text: anyText }),
  web_search_result_location: shape({ cited_text: anyText, url: text(), encrypted_index: text() }),
})

const textBlock = closedKind({ text: anyText }, { ...cacheable, citations: listOf(citation) })
const textOnly = listOf(tagged({ text: textBlock }))

const imageBlock = closedKind(
  { source: imageSource },
  {
    ...cacheable,
    transformations: closed({}, { oversized_image: oneOf('downsize', 'error') }),
  },
)

const documentSource = tagged({
  base64: closedKind({ media_type: oneOf('application/pdf'), data: base64 }),
  text: closedKind({ media_type: oneOf('text/plain'), data: text() }),
  url: closedKind({ url }),
  file: fileSource,
  content: closedKind({
    content: either(listOf(tagged({ text: textBlock, image: imageBlock })), text()),
  }),
})

const documentBlock = closedKind(
  { source: documentSource },
  { ...cacheable, title: anyText, context: anyText, citations: citationSwitch },
)

const searchResultBlock = closedKind(
  { source: text(), title: text(), content: textOnly },
  { ...cacheable, citations: citationSwitch },
)

const toolResultParts = tagged({
  text: textBlock,
  image: imageBlock,
  document: documentBlock,
  search_result: searchResultBlock,
  tool_reference: closedKind({ tool_name: text() }, cacheable),
  browser_state: shape({}),
})

const toolResult = closedKind(
  { tool_use_id: text() },
  {
    ...cacheable,
    content: either(anyText, listOf(toolResultParts)),
    is_error: flag,
    toolset_name: text(),
  },
)

const caller = tagged({
  direct: closedKind({}),
  code_execution_20250825: closedKind({ tool_id: text() }),
  code_execution_20260120: closedKind({ tool_id: text() }),
})

const call = { id: text(), name: text(), input: anyObject }
const serverTools = oneOf(
  'web_search',
  'web_fetch',
  'code_execution',
  'bash_code_execution',
  'text_editor_code_execution',
  'tool_search_tool_regex',
  'tool_search_tool_bm25',
  'advisor',
)
const containerUpload = closedKind({ file_id: text() }, cacheable)

/** Signatures, and that nothing of this is cached, are rules of their own. */
const thinkingBlocks: Readonly<Record<string, Check>> = {
  thinking: closedKind({ thinking: anyText }, { ...cacheable, signature: anyText }),
  redacted_thinking: closedKind({}, { ...cacheable, data: anyText }),
}

const changedTool = tagged({
  tool_reference: shape({ name: text() }),
  mcp_tool_reference: shape({}),
  mcp_toolset_reference: shape({}),
  tool_definition: shape({}),
})

/** The blocks of each role (Anthropic Messages 3.3). */
export const blocksOfRole: Readonly<Record<string, Check>> = {
  user: tagged({
    text: textBlock,
    image: imageBlock,
    document: documentBlock,
    search_result: searchResultBlock,
    tool_result: toolResult,
    container_upload: containerUpload,
  }),
  assistant: tagged({
    text: textBlock,
    ...thinkingBlocks,
    tool_use: closedKind(call, { ...cacheable, caller, toolset_name: text() }),
    server_tool_use: closedKind({ ...call, name: serverTools }, { ...cacheable, caller }),
    ...serverResultShapes(cacheControl),
    mcp_tool_use: closedKind({ ...call, server_name: text() }, cacheable),
    mcp_tool_result: closedKind(
      { tool_use_id: text(), content: either(anyText, textOnly) },
      { ...cacheable, is_error: flag },
    ),
    mcp_tool_listing: closedKind({ mcp_server_name: text(), tools: listOf(anyObject) }, cacheable),
    container_upload: containerUpload,
    compaction: closedKind(
      {},
      {
        ...cacheable,
        content: anyText,
        encrypted_content: text(),
        signature: text(),
        tool_changes: () => undefined,
      },
    ),
    fallback: closedKind({
      from: closed({ model: text() }),
      to: closed({ model: text() }),
      trigger: () => undefined,
    }),
  }),
  system: tagged({
    text: textBlock,
    tool_addition: closedKind({ tool: changedTool }, cacheable),
    tool_removal: closedKind({ tool: changedTool }, cacheable),
  }),
}

/** `system`: a string or text blocks. */
export const systemPrompt: Check = either(textOnly, anyText)
