import { codeText, proseText } from './text.ts'

/** Where the `model` member stands in the document: first, as SDKs write it, or after the messages and tools. */
export type ModelPosition = 'head' | 'tail'

export interface RequestBodyOptions {
  /** Exact size of the document in bytes. */
  readonly bytes: number
  readonly model: string
  readonly stream: boolean
  readonly modelAt: ModelPosition
}

interface Message {
  readonly role: string
  readonly content: string | null
  readonly tool_calls?: readonly object[]
  readonly tool_call_id?: string
}

/**
 * A chat completion request such as a coding agent sends: a system prompt, tools with schemas, turns with tool calls and file contents
 * (code, so many escapes), and a last question that fills the document up to its exact size. The same options give the same bytes.
 * Throws when the size is too small for the members that are always there.
 */
export function requestBody(options: RequestBodyOptions): Buffer {
  const tools = buildTools(Math.min(24, Math.floor(options.bytes / 2_500)))
  const system: Message[] =
    options.bytes < 2_000
      ? []
      : [{ role: 'system', content: proseText(1, Math.min(12_000, options.bytes * 0.15)) }]
  const question = (content: string): Message => ({ role: 'user', content })

  const fixed = documentBytes(options, [...system, question('')], tools)
  const history = buildHistory(options.bytes - fixed - 200)
  const missing =
    options.bytes - documentBytes(options, [...system, ...history, question('')], tools)
  if (missing < 0)
    throw new RangeError(`a chat request cannot be as small as ${options.bytes} bytes`)
  return Buffer.from(
    serialize(options, [...system, ...history, question(proseText(2, missing))], tools),
  )
}

function serialize(
  { model, stream, modelAt }: RequestBodyOptions,
  messages: readonly Message[],
  tools: readonly object[],
): string {
  return JSON.stringify({
    ...(modelAt === 'head' ? { model } : {}),
    messages,
    ...(tools.length > 0 ? { tools, tool_choice: 'auto', parallel_tool_calls: true } : {}),
    ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
    ...(modelAt === 'tail' ? { model } : {}),
  })
}

function documentBytes(
  options: RequestBodyOptions,
  messages: readonly Message[],
  tools: readonly object[],
): number {
  return Buffer.byteLength(serialize(options, messages, tools))
}

function buildTools(count: number): readonly object[] {
  return Array.from({ length: count }, (_, index) => ({
    type: 'function',
    function: {
      name: `workspace_action_${index}`,
      description: proseText(100 + index, 300),
      strict: true,
      parameters: {
        type: 'object',
        properties: {
          path: { type: 'string', description: 'Absolute path, "/" separated.' },
          limit: { type: ['integer', 'null'], minimum: 1, description: 'Lines at most.' },
          pattern: { type: 'string', description: 'A pattern such as \\bword\\b or src/**/*.ts' },
        },
        required: ['path', 'limit', 'pattern'],
        additionalProperties: false,
      },
    },
  }))
}

/** Whole turns that together take at most `budget` bytes. */
function buildHistory(budget: number): readonly Message[] {
  const history: Message[] = []
  let used = 0
  for (let turn = 0; ; turn += 1) {
    const messages = buildTurn(turn)
    const size = Buffer.byteLength(JSON.stringify(messages))
    if (used + size > budget) return history
    history.push(...messages)
    used += size
  }
}

function buildTurn(turn: number): readonly Message[] {
  const id = `call_${String(turn).padStart(24, '0')}`
  const call = { name: 'workspace_action_0', arguments: `{"path":"/src/part-${turn}.ts"}` }
  return [
    { role: 'user', content: proseText(1_000 + turn, 240) },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id, type: 'function', function: call }],
    },
    { role: 'tool', tool_call_id: id, content: codeText(2_000 + turn, 1_600) },
    { role: 'assistant', content: proseText(3_000 + turn, 500) },
  ]
}
