import { field, type JsonObject, type Rule } from '../strict/rule.ts'
import {
  anyObject,
  anyText,
  type Check,
  firstProblem,
  flag,
  integerIn,
  isObject,
  itemsOf,
  listOf,
  oneOf,
  tagged,
  text,
} from '../strict/shape.ts'
import { cacheControl } from './block-shapes.ts'
import { closed, closedKind } from './closed.ts'
import { messageBlocks } from './conversation.ts'

const cites = (what: string): string => `Anthropic Messages 3.4, ${what}`

const toolName = text({ pattern: /^[a-zA-Z0-9_-]{1,128}$/ })

/** Members that every tool may have. */
const common = {
  cache_control: cacheControl,
  strict: flag,
  defer_loading: flag,
  allowed_callers: listOf(
    oneOf(
      'direct',
      'code_execution_20250825',
      'code_execution_20260120',
      'code_execution_20260521',
    ),
  ),
}

const customTool = closed(
  { name: toolName, input_schema: anyObject },
  {
    ...common,
    type: oneOf('custom'),
    description: anyText,
    input_examples: listOf(anyObject),
    eager_input_streaming: flag,
  },
)

const domains = { allowed_domains: listOf(text()), blocked_domains: listOf(text()) }
const size = { display_width_px: integerIn(1), display_height_px: integerIn(1) }
const open: Check = () => undefined

/** Members of the typed tools by the beginning of their type; the dates at its end are a matter of the provider's. */
const families: readonly (readonly [pattern: RegExp, check: Check])[] = [
  [
    /^web_search_(20250305|20260209|20260318)$/,
    closedKind(
      { name: oneOf('web_search') },
      {
        ...common,
        ...domains,
        max_uses: integerIn(1),
        user_location: anyObject,
        response_inclusion: open,
      },
    ),
  ],
  [
    /^web_fetch_(20250910|20260209|20260309|20260318)$/,
    closedKind(
      { name: oneOf('web_fetch') },
      {
        ...common,
        ...domains,
        max_uses: integerIn(1),
        max_content_tokens: integerIn(1),
        citations: anyObject,
        url_sources: open,
        use_cache: flag,
        response_inclusion: open,
      },
    ),
  ],
  [
    /^code_execution_(20250522|20250825|20260120|20260521)$/,
    closedKind({ name: oneOf('code_execution') }, common),
  ],
  [/^bash_(20241022|20250124)$/, closedKind({ name: oneOf('bash') }, common)],
  [
    /^text_editor_(20241022|20250124|20250429|20250728)$/,
    closedKind(
      { name: oneOf('str_replace_editor', 'str_replace_based_edit_tool') },
      { ...common, max_characters: integerIn(1) },
    ),
  ],
  [/^memory_20250818$/, closedKind({ name: oneOf('memory') }, common)],
  [
    /^tool_search_tool_(regex|bm25)(_20251119)?$/,
    closedKind({ name: oneOf('tool_search_tool_regex', 'tool_search_tool_bm25') }, common),
  ],
  [/^(browser|computer)_toolset_20260801$/, closedKind({}, { ...common, ...size, configs: open })],
  [
    /^computer_(20241022|20250124|20251124)$/,
    closedKind(
      { name: oneOf('computer'), ...size },
      { ...common, display_number: integerIn(0), enable_zoom: flag },
    ),
  ],
  [
    /^advisor_20260301$/,
    closedKind(
      { name: oneOf('advisor'), model: text() },
      { ...common, max_tokens: integerIn(1), max_uses: integerIn(1), caching: open },
    ),
  ],
  [
    /^mcp_toolset$/,
    closedKind(
      { mcp_server_name: text() },
      { ...common, configs: anyObject, default_config: anyObject },
    ),
  ],
]

/** A tool of the client's, or one that the provider knows by its type. */
const tool: Check = (value, at) => {
  const type = isObject(value) ? value['type'] : undefined
  if (type === undefined || type === null || type === 'custom') return customTool(value, at)
  const family = families.find(([pattern]) => pattern.test(String(type)))
  if (family) return family[1](value, at)
  return {
    at: `${at}.type`,
    message: `Input tag '${type}' does not match any of the expected tags`,
  }
}

const serially = { disable_parallel_tool_use: flag }
const toolChoice = tagged({
  auto: closedKind({}, serially),
  any: closedKind({}, serially),
  tool: closedKind({ name: text() }, serially),
  none: closedKind({}),
})

/** Rules about the tools of a request. */
export const toolRules = {
  tools: field('tools', listOf(tool), cites('Client tool and Typed tools')),
  'input-schema-is-an-object': {
    cites: cites('Client tool: JSON Schema with type:"object"'),
    check: (body) =>
      firstProblem(itemsOf(body['tools']), (item, index) => {
        const schema = isObject(item) ? item['input_schema'] : undefined
        if (!isObject(schema) || schema['type'] === 'object') return undefined
        return { at: `tools[${index}].input_schema.type`, message: "Input should be 'object'" }
      }),
  },
  'tool-names-are-unique': {
    cites: 'Anthropic Messages 3.9, tool_name_conflict',
    check: (body) => {
      const names = namesOf(body)
      const index = names.findIndex((name, at) => name !== undefined && names.indexOf(name) < at)
      if (index < 0) return undefined
      return { at: `tools[${index}].name`, message: 'Tool names must be unique' }
    },
  },
  'tools-are-given-for-their-calls': {
    cites: cites('tools is required if the history has tool_use/tool_result blocks'),
    check: (body) => {
      const called = messageBlocks(body).some(({ block }) =>
        ['tool_use', 'tool_result'].includes(String(block['type'])),
      )
      return called && itemsOf(body['tools']).length === 0
        ? { at: 'tools', message: 'is required when messages hold `tool_use` or `tool_result`' }
        : undefined
    },
  },
  'tool-choice': field('tool_choice', toolChoice, cites('tool_choice')),
  'tool-choice-needs-tools': {
    cites: cites('tool_choice'),
    check: (body) =>
      isObject(body['tool_choice']) &&
      itemsOf(body['tools']).length + itemsOf(body['mcp_servers']).length === 0
        ? { at: 'tool_choice', message: 'may only be specified while providing `tools`' }
        : undefined,
  },
  'tool-choice-names-a-tool': {
    cites: cites('tool_choice'),
    check: (body) => {
      const choice = body['tool_choice']
      if (!isObject(choice) || choice['type'] !== 'tool') return undefined
      const { name } = choice
      if (typeof name !== 'string' || name === '' || namesOf(body).includes(name)) return undefined
      return { at: 'tool_choice.name', message: `Tool '${name}' not found in provided tools` }
    },
  },
} as const satisfies Record<string, Rule>

function namesOf(body: JsonObject): readonly unknown[] {
  return itemsOf(body['tools']).map((item) => (isObject(item) ? item['name'] : undefined))
}
