import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'

/** What a strict provider refuses in a request, after protocol reference 3.2 to 3.5. Empty for a legal one. */
export function problemsOfRequest(body: JsonObject): readonly string[] {
  return [
    ...messageProblems(body),
    ...toolProblems(body),
    ...thinkingProblems(body),
    ...markProblems(body),
  ]
}

const list = (value: JsonValue | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : []

const blocksOf = ({ content }: JsonObject): readonly JsonObject[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : list(content)

const ofType = (message: JsonObject | undefined, type: string) =>
  message === undefined ? [] : blocksOf(message).filter((block) => block['type'] === type)

function messageProblems(body: JsonObject): string[] {
  const messages = list(body['messages'])
  const spoken = messages.filter(({ role }) => role !== 'system')
  const problems: string[] = []
  if (messages[0]?.['role'] !== 'user') problems.push('the first message is not a user’s')
  for (const [index, message] of spoken.entries()) {
    if (spoken[index + 1]?.['role'] === message['role'] && messages.length === spoken.length) {
      problems.push('two messages of one role')
    }
    if (blocksOf(message).length === 0) problems.push('an empty message')
    problems.push(...blockProblems(message), ...pairProblems(message, spoken[index + 1]))
  }
  const last = blocksOf(messages.at(-1) ?? {}).at(-1)
  if (messages.at(-1)?.['role'] === 'assistant' && /\s$/.test(String(last?.['text'] ?? ''))) {
    problems.push('a prefill ends in white space')
  }
  return problems
}

function blockProblems(message: JsonObject): string[] {
  const problems: string[] = []
  const types = blocksOf(message).map(({ type }) => type)
  const firstOther = types.findIndex((type) => type !== 'tool_result')
  if (firstOther !== -1 && types.slice(firstOther).includes('tool_result')) {
    problems.push('a result is not first')
  }
  for (const block of blocksOf(message)) {
    const { type, text, id, name } = block
    if (type === 'text' && String(text).trim() === '') problems.push('an empty text')
    if (type === 'thinking' && !block['signature']) problems.push('thinking without a signature')
    if (type === 'tool_use' && !/^[a-zA-Z0-9_-]+$/.test(String(id))) problems.push('an illegal id')
    if (type === 'tool_use' && !isName(name)) problems.push('an illegal name of a call')
  }
  return problems
}

function pairProblems(message: JsonObject, next: JsonObject | undefined): string[] {
  const calls = ofType(message, 'tool_use').map(({ id }) => id)
  const results = ofType(next, 'tool_result').map(({ tool_use_id: id }) => id)
  if (calls.length === results.length && calls.every((id) => results.includes(id))) return []
  return [`calls ${calls.join()} have the results ${results.join()}`]
}

const isName = (name: JsonValue | undefined) => /^[a-zA-Z0-9_-]{1,128}$/.test(String(name))

function toolProblems(body: JsonObject): string[] {
  const tools = list(body['tools'])
  const problems: string[] = []
  const called = list(body['messages']).some((message) => ofType(message, 'tool_use').length > 0)
  if (called && tools.length === 0) problems.push('tools are missing')
  if (body['tool_choice'] !== undefined && tools.length === 0) problems.push('a choice of nothing')
  for (const { name, type, input_schema: schema } of tools) {
    if (type !== undefined && type !== 'custom') continue
    if (!isName(name)) problems.push('an illegal name of a tool')
    if (!isJsonObject(schema) || schema['type'] !== 'object')
      problems.push('no schema of an object')
  }
  if (new Set(tools.map(({ name }) => name)).size < tools.length) problems.push('a name twice')
  return problems
}

function thinkingProblems(body: JsonObject): string[] {
  const { thinking, temperature, top_p: topP, max_tokens: max } = body
  const problems: string[] = []
  if (!(Number.isInteger(max) && Number(max) >= 0)) problems.push('no max_tokens')
  if (temperature !== undefined && Number(temperature) > 1) problems.push('too hot')
  if (temperature !== undefined && topP !== undefined) problems.push('two samplers')
  if (!isJsonObject(thinking) || thinking['type'] === 'disabled') return problems
  return [...problems, ...besideThinking(body, thinking), ...loopProblems(body)]
}

function besideThinking(body: JsonObject, { type, budget_tokens: budget }: JsonObject): string[] {
  const { tool_choice: choice, max_tokens: max } = body
  const problems: string[] = []
  const isFitting = Number(budget) >= 1024 && Number(budget) < Number(max)
  if (type === 'enabled' && !isFitting) problems.push('the budget does not fit')
  if (isJsonObject(choice) && (choice['type'] === 'any' || choice['type'] === 'tool')) {
    problems.push('a forced call beside thinking')
  }
  if (body['temperature'] !== undefined || body['top_k'] !== undefined) problems.push('sampling')
  return problems
}

function loopProblems(body: JsonObject): string[] {
  const messages = list(body['messages'])
  const last = messages.findLastIndex(({ role }) => role === 'assistant')
  const isOpen = messages
    .slice(last + 1)
    .some((message) => ofType(message, 'tool_result').length > 0)
  const first = blocksOf(messages[last] ?? {})[0]?.['type']
  if (isOpen && first !== 'thinking' && first !== 'redacted_thinking')
    return ['the loop lacks thinking']
  const isPrefill =
    last === messages.length - 1 && blocksOf(messages[last] ?? {}).at(-1)?.['type'] === 'text'
  return isPrefill ? ['a prefill beside thinking'] : []
}

function markProblems(body: JsonObject): string[] {
  const marks = ['tools', 'system', 'messages'].flatMap((name) => marksIn(body[name]))
  const short = marks.findIndex((ttl) => ttl !== '1h')
  const problems = marks.length > 4 ? ['too many breakpoints'] : []
  return short !== -1 && marks.slice(short).includes('1h')
    ? [...problems, 'an hour too late']
    : problems
}

function marksIn(value: JsonValue | undefined): (JsonValue | undefined)[] {
  if (Array.isArray(value)) return value.flatMap(marksIn)
  if (!isJsonObject(value)) return []
  const { cache_control: mark, content } = value
  return [...marksIn(content), ...(isJsonObject(mark) ? [mark['ttl']] : [])]
}
