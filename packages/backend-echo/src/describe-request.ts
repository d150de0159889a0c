import type { ChatRequest, Message } from '@jackfield/core'

/** Longest piece of the caller's text that is repeated, in UTF-16 code units. */
const maxQuote = 500

/** Tools that are named; of more only the number is said. */
const maxTools = 20

/**
 * What the gateway understood of a request, as lines for a person. Depends on nothing but its arguments, and not on whether
 * the answer is streamed.
 */
export function describeRequest(
  request: ChatRequest,
  context: { readonly model: string; readonly session: string },
): string {
  return [
    'This is the echo backend of Jackfield. No model was asked.',
    '',
    `model: ${context.model === '' ? '(none)' : context.model}`,
    `session: ${context.session}`,
    `parameters: ${describeParameters(request)}`,
    `messages: ${describeMessages(request.messages)}`,
    `tools: ${describeTools(request)}`,
    `you said: ${lastUserText(request.messages)}`,
    '',
    'To reach a real model, set a provider’s key (for example INTERNAI_API_KEY or OPENAI_API_KEY) and start again.',
  ].join('\n')
}

function describeParameters(request: ChatRequest): string {
  const known = {
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    max_output_tokens: request.maxOutputTokens,
    reasoning_effort: request.reasoning?.effort,
    verbosity: request.verbosity,
    seed: request.seed,
    stop: request.stop === undefined ? undefined : JSON.stringify(request.stop),
    output: request.output?.type,
  }
  const said = Object.entries(known)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${shorten(String(value))}`)
  return said.length === 0 ? 'none' : said.join(' ')
}

function describeMessages(messages: readonly Message[]): string {
  const counts = new Map<string, number>()
  for (const { role } of messages) counts.set(role, (counts.get(role) ?? 0) + 1)
  const roles = [...counts].map(([role, count]) => `${count} ${role}`).join(', ')
  return roles === '' ? 'none' : roles
}

function describeTools({ tools }: ChatRequest): string {
  const names = (tools ?? []).map((tool) =>
    tool.type === 'provider' ? 'provider tool' : tool.name,
  )
  if (names.length === 0) return 'none'
  const more = names.length > maxTools ? ` and ${names.length - maxTools} more` : ''
  return `${names.slice(0, maxTools).map(shorten).join(', ')}${more}`
}

function lastUserText(messages: readonly Message[]): string {
  const last = messages.findLast((message) => message.role === 'user')
  const text = (last?.content ?? [])
    .map((part) => (part.type === 'text' ? part.text : `[${part.type}]`))
    .join(' ')
  return shorten(text)
}

function shorten(text: string): string {
  return text.length > maxQuote ? `${text.slice(0, maxQuote).toWellFormed()}…` : text
}
