import type { JsonObject, Rule } from '../strict/rule.ts'
import {
  anyObject,
  anyText,
  either,
  firstProblem,
  isObject,
  itemsOf,
  listOf,
  oneOf,
  type Problem,
} from '../strict/shape.ts'
import { blocksOfRole } from './block-shapes.ts'
import { closed } from './closed.ts'
import {
  blocksOf,
  messageBlocks,
  messagesOf,
  type PlacedBlock,
  turnsOf,
  withInner,
} from './conversation.ts'

const request = (row: string): string => `Anthropic Messages 3.2, ${row}`
const rules = (what: string): string => `Anthropic Messages 3.3, Rules: ${what}`

const plainMessage = closed({ role: anyText, content: () => undefined })
/** Mid-conversation system messages have two members more. */
const systemMessage = closed(
  { role: anyText, content: () => undefined },
  { clear_at: oneOf('next_user_message', 'never'), output_config: closed({}, { effort: anyText }) },
)

const idPatterns: Readonly<Record<string, RegExp>> = {
  tool_use: /^[a-zA-Z0-9_-]+$/,
  tool_result: /^[a-zA-Z0-9_-]+$/,
  server_tool_use: /^srvtoolu_[a-zA-Z0-9_-]+$/,
  mcp_tool_use: /^mcptoolu_[a-zA-Z0-9_-]+$/,
}

/** Rules about the conversation. Tools in it are in `tool-loop-rules.ts`. */
export const messageRules = {
  messages: {
    cites: request('messages'),
    check: (body) => {
      if (!('messages' in body)) return { at: 'messages', message: 'Field required' }
      return listOf(anyObject, { min: 1, max: 100_000 })(body['messages'], 'messages')
    },
  },
  'message-role': {
    cites: request('messages: roles'),
    check: (body) =>
      firstProblem(messagesOf(body), ({ at, message }) =>
        oneOf('user', 'assistant', 'system')(message['role'], `${at}.role`),
      ),
  },
  'message-members': {
    cites: request('messages'),
    check: (body) =>
      firstProblem(messagesOf(body), ({ at, message }) =>
        (message['role'] === 'system' ? systemMessage : plainMessage)(
          { role: '', content: '', ...message },
          at,
        ),
      ),
  },
  'first-message-is-user': {
    cites: request('messages: first must be user'),
    check: (body) => {
      const [first] = messagesOf(body)
      const wrong = first !== undefined && ['assistant', 'system'].includes(roleOf(first.message))
      return wrong
        ? { at: `${first.at}.role`, message: 'the first message must be user' }
        : undefined
    },
  },
  'message-content': {
    cites: request('messages'),
    check: (body) =>
      firstProblem(messagesOf(body), ({ at, message }) =>
        'content' in message
          ? either(anyText, listOf(anyObject))(message['content'], `${at}.content`)
          : { at: `${at}.content`, message: 'Field required' },
      ),
  },
  'message-says-something': {
    cites: 'Anthropic Messages 3.3, text: empty text refused',
    check: (body) =>
      firstProblem(messagesOf(body), ({ at, message }, index) => {
        const { content } = message
        const mayBeEmpty =
          index === itemsOf(body['messages']).length - 1 && roleOf(message) === 'assistant'
        return mayBeEmpty || (content !== '' && !(Array.isArray(content) && content.length === 0))
          ? undefined
          : { at: `${at}.content`, message: 'all messages must have non-empty content' }
      }),
  },
  'content-blocks': {
    cites: 'Anthropic Messages 3.3, Content blocks',
    check: (body) =>
      firstProblem(messagesOf(body), ({ at, message }) => {
        const check = blocksOfRole[roleOf(message)]
        if (!check || !Array.isArray(message['content'])) return undefined
        return listOf(check)(message['content'], `${at}.content`)
      }),
  },
  'text-is-not-empty': {
    cites: 'Anthropic Messages 3.3, text: empty text refused',
    check: (body) => {
      const system = Array.isArray(body['system']) ? blocksOf(body['system'], 'system') : []
      const written = messagesOf(body).flatMap(({ at, message }) =>
        Array.isArray(message['content']) ? blocksOf(message['content'], `${at}.content`) : [],
      )
      return firstProblem([...system, ...written.flatMap(withInner)], emptyText)
    },
  },
  'tool-ids': {
    cites: rules('ids must match ^[a-zA-Z0-9_-]+$'),
    check: (body) => firstProblem(messageBlocks(body), wrongId),
  },
  'tool-ids-are-unique': {
    cites: rules('ids'),
    check: (body) => {
      const seen = new Set<unknown>()
      return firstProblem(messageBlocks(body), ({ at, block }) => {
        if (block['type'] !== 'tool_use' && block['type'] !== 'server_tool_use') return undefined
        if (seen.has(block['id'])) return { at: `${at}.id`, message: 'ids must be unique' }
        seen.add(block['id'])
        return undefined
      })
    },
  },
  'prefill-ends-in-text': {
    cites: rules('an assistant prefill must not end with white space'),
    check: (body) => {
      const last = prefill(body)
      return last && /\s$/.test(String(last.block['text']))
        ? { at: last.at, message: 'final assistant content cannot end with trailing whitespace' }
        : undefined
    },
  },
} as const satisfies Record<string, Rule>

/** The text that the model shall go on with; undefined when the request does not end with one, or continues a paused turn. */
export function prefill(body: JsonObject): PlacedBlock | undefined {
  const turn = turnsOf(body).at(-1)
  const last = turn?.blocks.at(-1)
  if (turn?.role !== 'assistant' || last?.block['type'] !== 'text') return undefined
  const paused = turn.blocks.some(({ block }) => block['type'] === 'server_tool_use')
  return paused ? undefined : last
}

function roleOf(message: JsonObject): string {
  return String(message['role'])
}

function emptyText({ at, block }: PlacedBlock): Problem | undefined {
  const { type, text } = block
  if (type !== 'text' || typeof text !== 'string' || text.trim() !== '') return undefined
  const message = isObject(block['cache_control'])
    ? 'cache_control cannot be set for empty text blocks'
    : 'text content blocks must contain non-whitespace text'
  return { at: `${at}.text`, message }
}

function wrongId({ at, block }: PlacedBlock): Problem | undefined {
  const pattern = idPatterns[String(block['type'])]
  const name = block['type'] === 'tool_result' ? 'tool_use_id' : 'id'
  const id = block[name]
  // Whether there is one, and what it is, is part of the block's shape.
  if (!pattern || typeof id !== 'string') return undefined
  if (pattern.test(id)) return undefined
  return { at: `${at}.${name}`, message: `String should match pattern '${pattern.source}'` }
}
