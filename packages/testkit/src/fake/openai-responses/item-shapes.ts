import {
  anyObject,
  anyText,
  type Check,
  either,
  flag,
  integerIn,
  listOf,
  numberIn,
  oneOf,
  optionally,
  shape,
  tagged,
  text,
} from '../strict/shape.ts'
import { closed } from './closed.ts'

const status = oneOf('in_progress', 'completed', 'incomplete')
// Not in the types; Codex 0.169 puts it into every item for the provider that it knows as OpenAI.
const passed = { internal_chat_message_metadata_passthrough: anyObject }
const own = { ...passed, id: text(), created_by: anyText }
const caller = tagged({ program: closed({ caller_id: text() }), direct: closed({}) })
const called = { ...own, status, namespace: anyText, caller, async: flag }
const traced = { ...passed, created_by: anyText, status: anyText }
const textOrParts = either(anyText, listOf(anyObject))
const list = listOf(anyObject)
const whole = integerIn(0)

const reasoningMembers = {
  summary: listOf(closed({ type: oneOf('summary_text'), text: anyText })),
}
const reasoningExtras = {
  ...passed,
  status,
  content: listOf(closed({ type: oneOf('reasoning_text'), text: anyText })),
  created_by: anyText,
}

/**
 * Without its id, reasoning is known by its encrypted content alone; clients that keep nothing leave the id out.
 */
const reasoning = either(
  closed({ ...reasoningMembers, encrypted_content: text() }, { ...reasoningExtras, id: text() }),
  closed({ ...reasoningMembers, id: text() }, { ...reasoningExtras, encrypted_content: text() }),
)

const message = closed(
  { role: oneOf('user', 'system', 'developer', 'assistant'), content: textOrParts },
  { ...own, status, phase: oneOf('commentary', 'final_answer') },
)

const changed = closed({ path: text(), diff: anyText })
const patch = tagged({
  create_file: changed,
  update_file: changed,
  delete_file: closed({ path: text() }),
})

const shellOutput = closed(
  {
    stdout: anyText,
    stderr: anyText,
    outcome: tagged({
      exit: closed({ exit_code: integerIn(Number.MIN_SAFE_INTEGER) }),
      timeout: closed({}),
    }),
  },
  { created_by: anyText },
)

const shellAction = closed(
  { commands: listOf(anyText) },
  { max_output_length: whole, timeout_ms: whole },
)

const execution = oneOf('server', 'client')

/** Items that clients make or answer, and what models say and think. */
const conversationShapes = {
  message,
  reasoning,
  item_reference: closed({ id: text() }),
  function_call: closed({ call_id: text(), name: text(), arguments: anyText }, called),
  function_call_output: closed(
    { output: textOrParts },
    { ...own, call_id: text(), status, name: anyText, namespace: anyText, caller },
  ),
  custom_tool_call: closed({ call_id: text(), name: text(), input: anyText }, called),
  custom_tool_call_output: closed(
    { call_id: text(), output: textOrParts },
    { ...own, status, caller },
  ),
  compaction: closed({ encrypted_content: text() }, own),
  compaction_trigger: closed({}, own),
  additional_tools: closed({ role: oneOf('developer'), tools: list }, own),
  configuration_update: closed(
    {},
    { ...own, reasoning: closed({}, { effort: text() }), text: closed({}, { format: anyObject }) },
  ),
} as const

/** Traces of tools that the provider runs, or that it defines and the client runs. */
const traceShapes = {
  file_search_call: closed(
    { id: text(), queries: listOf(anyText) },
    { ...traced, results: listOf(shape({}, { file_id: text(), score: numberIn(0, 1) })) },
  ),
  // Clients that keep nothing leave its id out, as that of reasoning.
  web_search_call: closed({}, { ...traced, id: text(), action: anyObject }),
  computer_call: closed(
    { call_id: text() },
    { ...own, status, pending_safety_checks: list, action: anyObject, actions: list },
  ),
  computer_call_output: closed(
    {
      call_id: text(),
      output: tagged({ computer_screenshot: closed({}, { image_url: text(), file_id: text() }) }),
    },
    { ...own, status, acknowledged_safety_checks: list },
  ),
  code_interpreter_call: closed(
    { id: text(), container_id: text() },
    { ...traced, code: anyText, outputs: list },
  ),
  image_generation_call: closed(
    { id: text() },
    {
      ...traced,
      result: anyText,
      action: anyText,
      background: anyText,
      output_format: anyText,
      quality: anyText,
      size: anyText,
      revised_prompt: anyText,
      error: anyObject,
      svg_usage: anyObject,
    },
  ),
  local_shell_call: closed(
    {
      call_id: text(),
      action: closed(
        { type: oneOf('exec'), command: listOf(anyText) },
        { env: anyObject, timeout_ms: whole, user: anyText, working_directory: anyText },
      ),
    },
    { ...own, status },
  ),
  local_shell_call_output: closed({ id: text(), output: anyText }, { ...traced }),
  shell_call: closed(
    { call_id: text(), action: shellAction },
    { ...own, status, environment: anyObject },
  ),
  shell_call_output: closed(
    { call_id: text(), output: listOf(shellOutput) },
    { ...own, status, max_output_length: whole },
  ),
  apply_patch_call: closed({ call_id: text(), operation: patch }, { ...own, status }),
  apply_patch_call_output: closed(
    { call_id: text(), status: oneOf('completed', 'failed') },
    { ...own, output: anyText },
  ),
  mcp_list_tools: closed(
    { id: text(), server_label: text(), tools: list },
    { ...traced, error: either(anyObject, anyText) },
  ),
  mcp_call: closed(
    { id: text(), server_label: text(), name: text(), arguments: anyText },
    {
      ...traced,
      output: anyText,
      error: either(anyObject, anyText),
      approval_request_id: text(),
    },
  ),
  mcp_approval_request: closed(
    { id: text(), server_label: text(), name: text(), arguments: anyText },
    { created_by: anyText },
  ),
  mcp_approval_response: closed(
    { approval_request_id: text(), approve: flag },
    { ...own, reason: anyText },
  ),
  tool_search_call: closed(
    { arguments: anyObject },
    { ...own, status, call_id: text(), execution },
  ),
  tool_search_output: closed({ tools: list }, { ...own, status, call_id: text(), execution }),
  program: closed(
    { id: text(), call_id: text(), code: anyText, fingerprint: anyText },
    { created_by: anyText },
  ),
  program_output: closed(
    { id: text(), call_id: text(), result: optionally(anyText), status: anyText },
    { created_by: anyText },
  ),
} as const

/** The members of every kind of input item (OpenAI Responses 2.3 and, for traces, 2.4). */
export const itemShapes: Readonly<Record<string, Check>> = {
  ...conversationShapes,
  ...traceShapes,
}
