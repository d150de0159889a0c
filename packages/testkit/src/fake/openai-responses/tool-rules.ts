import { closedObjects } from '../openai/tool-rules.ts'
import { field, type Rule } from '../strict/rule.ts'
import {
  anyObject,
  anyText,
  type Check,
  either,
  firstProblem,
  flag,
  integerIn,
  isObject,
  itemsOf,
  listOf,
  oneOf,
  shape,
  tagged,
  text,
} from '../strict/shape.ts'
import { closed } from './closed.ts'

const cites = (line: string): string => `OpenAI Responses 2.5, ${line}`

const name = text({ pattern: /^[A-Za-z0-9_-]{1,64}$/ })
const texts = listOf(text())
const deferred = {
  defer_loading: flag,
  allowed_callers: listOf(oneOf('direct', 'programmatic')),
  async: flag,
}
const contextSize = oneOf('low', 'medium', 'high')
const userLocation = closed(
  {},
  { city: anyText, country: anyText, region: anyText, timezone: anyText },
)

const functionTool = closed(
  { name },
  {
    description: anyText,
    parameters: anyObject,
    strict: flag,
    output_schema: anyObject,
    ...deferred,
  },
)

const customTool = closed(
  { name },
  {
    description: anyText,
    format: tagged({
      text: closed({}),
      grammar: closed({ syntax: oneOf('lark', 'regex'), definition: text() }),
    }),
    ...deferred,
  },
)

const webSearch = closed(
  {},
  {
    filters: closed({}, { allowed_domains: texts }),
    search_context_size: contextSize,
    user_location: userLocation,
    external_web_access: flag,
    // Not in the types; sent by Codex 0.169 to every provider.
    search_content_types: texts,
  },
)

const webSearchPreview = closed(
  {},
  { search_content_types: texts, search_context_size: contextSize, user_location: userLocation },
)

const imageGeneration = closed(
  {},
  {
    action: text(),
    background: text(),
    input_fidelity: text(),
    input_image_mask: anyObject,
    model: text(),
    moderation: text(),
    output_compression: integerIn(0, 100),
    output_format: text(),
    partial_images: integerIn(0),
    quality: text(),
    size: text(),
    svg: anyObject,
    complexity: text(),
    frame_count: integerIn(1),
    frame_duration_ms: integerIn(1),
  },
)

const mcpAddress: Check = (tool, at) => {
  const places = ['server_url', 'connector_id', 'tunnel_id']
  const given = places.filter((place) => isObject(tool) && typeof tool[place] === 'string')
  if (given.length === 1) return undefined
  return { at, message: `expected exactly one of ${places.join(', ')}` }
}

const mcpShape = closed(
  { server_label: text() },
  {
    server_url: text(),
    connector_id: text(),
    tunnel_id: text(),
    server_description: anyText,
    headers: anyObject,
    authorization: text(),
    allowed_tools: either(anyObject, texts),
    require_approval: either(anyObject, oneOf('always', 'never')),
    defer_loading: flag,
  },
)

const container = either(
  text(),
  closed(
    { type: oneOf('auto') },
    {
      file_ids: texts,
      memory_limit: oneOf('1g', '4g', '16g', '64g'),
      network_policy: anyObject,
    },
  ),
)

/** The shape of one tool: flat, and of a type that exists. */
export const toolShape: Check = tagged({
  function: functionTool,
  custom: customTool,
  web_search: webSearch,
  web_search_2025_08_26: webSearch,
  web_search_preview: webSearchPreview,
  web_search_preview_2025_03_11: webSearchPreview,
  file_search: closed(
    { vector_store_ids: texts },
    { max_num_results: integerIn(1, 50), filters: anyObject, ranking_options: anyObject },
  ),
  code_interpreter: closed({ container }),
  image_generation: imageGeneration,
  computer: closed({}),
  computer_use_preview: closed({
    display_width: integerIn(1),
    display_height: integerIn(1),
    environment: text(),
  }),
  mcp: (tool, at) => mcpShape(tool, at) ?? mcpAddress(tool, at),
  local_shell: closed({}),
  shell: closed({}, { environment: anyObject }),
  apply_patch: closed({}),
  tool_search: closed(
    {},
    { execution: oneOf('server', 'client'), description: anyText, parameters: anyObject },
  ),
  namespace: closed({
    name,
    description: anyText,
    tools: listOf(tagged({ function: functionTool, custom: customTool })),
  }),
  programmatic_tool_calling: closed({}),
})

const hosted = [
  'file_search',
  'web_search',
  'web_search_preview',
  'web_search_preview_2025_03_11',
  'computer',
  'computer_use',
  'computer_use_preview',
  'image_generation',
  'code_interpreter',
  'programmatic_tool_calling',
  'apply_patch',
  'shell',
]

const toolChoice = either(
  oneOf('none', 'auto', 'required'),
  tagged({
    function: closed({ name }),
    custom: closed({ name }),
    mcp: closed({}, { server_label: text(), name: text() }),
    allowed_tools: closed({
      mode: oneOf('auto', 'required'),
      tools: listOf(shape({ type: text() }), { min: 1 }),
    }),
    ...Object.fromEntries(hosted.map((type) => [type, closed({})])),
  }),
)

/** Rules about the tools of a request. */
export const toolRules = {
  tools: field('tools', listOf(toolShape), cites('function tool is flat; complete list of type')),
  'strict-tool-schema': {
    cites: cites('function tool: strict (schema as in Chat, 1.5)'),
    check: (body) =>
      firstProblem(itemsOf(body['tools']), (tool, index) =>
        isObject(tool) && tool['type'] === 'function' && tool['strict'] === true
          ? closedObjects(tool['parameters'], `tools[${index}].parameters`)
          : undefined,
      ),
  },
  'tool-choice': field('tool_choice', toolChoice, cites('tool_choice')),
  'parallel-tool-calls': field(
    'parallel_tool_calls',
    flag,
    'OpenAI Responses 2.2, parallel_tool_calls',
  ),
  'max-tool-calls': field('max_tool_calls', integerIn(1), 'OpenAI Responses 2.2, max_tool_calls'),
} as const satisfies Record<string, Rule>
