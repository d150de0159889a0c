import type { JsonObject, Rule } from '../strict/rule.ts'
import {
  anyObject,
  anyText,
  type Check,
  either,
  firstProblem,
  isObject,
  itemsOf,
  listOf,
  oneOf,
  optionally,
  type Problem,
  shape,
  tagged,
  text,
} from '../strict/shape.ts'

const cites = 'OpenAI Chat, messages'

const roles = ['system', 'developer', 'user', 'assistant', 'tool', 'function'] as const

/** https, http for servers of one's own, or an image as a data URL. */
const imageUrl = text({ pattern: /^(https?:\/\/|data:image\/[a-z0-9.+-]+;base64,)/i })
/** The bytes themselves: there is no way to name a file by its URL. */
const fileData = text({ pattern: /^data:[^,]+;base64,/i })
/** Base64 alone: a data URL has a colon in it. */
const rawBase64 = text({ pattern: /^[A-Za-z0-9+/]+={0,2}$/ })

const textPart = shape({ text: anyText })
const userParts = tagged({
  text: textPart,
  image_url: shape({
    image_url: shape({ url: imageUrl }, { detail: oneOf('auto', 'low', 'high', 'original') }),
  }),
  input_audio: shape({ input_audio: shape({ data: rawBase64, format: oneOf('wav', 'mp3') }) }),
  file: shape({ file: shape({}, { file_data: fileData, file_id: text(), filename: text() }) }),
})
const textOnly = tagged({ text: textPart })
const assistantParts = tagged({ text: textPart, refusal: shape({ refusal: anyText }) })

const partsOfRole: Readonly<Record<string, Check>> = {
  system: textOnly,
  developer: textOnly,
  user: userParts,
  assistant: assistantParts,
  tool: textOnly,
}

const toolCall = either(
  shape({ id: text(), type: oneOf('custom'), custom: shape({ name: text(), input: anyText }) }),
  shape({
    id: text(),
    type: oneOf('function'),
    function: shape({ name: text(), arguments: anyText }),
  }),
)

const textOrParts = either(listOf(anyObject, { min: 1 }), anyText)

/** Rules about the conversation of a chat request. */
export const messageRules = {
  messages: {
    cites,
    check: (body) => {
      if (!('messages' in body)) return { at: 'messages', message: 'is required' }
      return listOf(anyObject, { min: 1 })(body['messages'], 'messages')
    },
  },
  'message-role': forMessages((message, at) => oneOf(...roles)(message['role'], `${at}.role`)),
  'message-name': forMessages((message, at) => optionally(text())(message['name'], `${at}.name`)),
  'message-content': forMessages((message, at) =>
    message['role'] === 'assistant'
      ? optionally(textOrParts)(message['content'], `${at}.content`)
      : textOrParts(message['content'], `${at}.content`),
  ),
  'assistant-says-something': forMessages((message, at) => {
    if (message['role'] !== 'assistant' || isPresent(message['content'])) return undefined
    const instead = ['tool_calls', 'function_call', 'audio', 'refusal']
    return instead.some((name) => isPresent(message[name]))
      ? undefined
      : { at: `${at}.content`, message: 'is required when the message has no tool_calls' }
  }),
  'content-parts': forMessages((message, at) => {
    const check = partsOfRole[String(message['role'])]
    if (!check || !Array.isArray(message['content'])) return undefined
    return listOf(check)(message['content'], `${at}.content`)
  }),
  'tool-call-shape': forMessages((message, at) =>
    optionally(listOf(toolCall, { min: 1 }))(message['tool_calls'], `${at}.tool_calls`),
  ),
  'tool-result-names-its-call': forMessages((message, at) =>
    message['role'] === 'tool' ? text()(message['tool_call_id'], `${at}.tool_call_id`) : undefined,
  ),
  'tool-calls-are-answered': {
    cites,
    check: (body) =>
      firstProblem(messagesOf(body), (_, index) => unanswered(messagesOf(body), index)),
  },
  'tool-results-follow-their-call': {
    cites,
    check: (body) => firstProblem(messagesOf(body), (_, index) => orphan(messagesOf(body), index)),
  },
} as const satisfies Record<string, Rule>

function forMessages(check: (message: JsonObject, at: string) => Problem | undefined): Rule {
  return {
    cites,
    check: (body) =>
      firstProblem(itemsOf(body['messages']), (message, index) =>
        isObject(message) ? check(message, `messages[${index}]`) : undefined,
      ),
  }
}

function messagesOf(body: JsonObject): readonly JsonObject[] {
  return itemsOf(body['messages']).map((message) => (isObject(message) ? message : {}))
}

function callIds(message: JsonObject | undefined): readonly unknown[] {
  return itemsOf(message?.['tool_calls']).map((call) => (isObject(call) ? call['id'] : undefined))
}

/** A call of the message at `index` that the tool messages right after it do not answer. */
function unanswered(messages: readonly JsonObject[], index: number): Problem | undefined {
  const rest = messages.slice(index + 1)
  const end = rest.findIndex((message) => message['role'] !== 'tool')
  const results = end < 0 ? rest : rest.slice(0, end)
  const answered = new Set(results.map((message) => message['tool_call_id']))
  const missing = callIds(messages[index]).filter((id) => !answered.has(id))
  if (missing.length === 0) return undefined
  const message = `tool_calls must be followed by tool messages for each id; missing: ${missing.join(', ')}`
  return { at: `messages[${index}]`, message }
}

/** A tool message at `index` that answers no call of the assistant message before it. */
function orphan(messages: readonly JsonObject[], index: number): Problem | undefined {
  const result = messages[index]
  if (result?.['role'] !== 'tool') return undefined
  const caller = messages.slice(0, index).findLast((message) => message['role'] !== 'tool')
  if (callIds(caller).includes(result['tool_call_id'])) return undefined
  return {
    at: `messages[${index}]`,
    message: 'a tool message must answer a call of the assistant message before it',
  }
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null
}
