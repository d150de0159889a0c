import type {
  AssistantPart,
  ChatResponse,
  Citation,
  Finish,
  OpaqueState,
  Usage,
} from '@jackfield/core'
import type { Protocol } from '../support/protocols.ts'
import { without } from './named-losses.ts'

/** What an answer says in its order, whatever blocks it is cut into: labels of protocols and of origins are not part of it. */
export function answerEssence({ content, finish, usage }: ChatResponse): unknown {
  const said: { readonly type: string; readonly [name: string]: unknown }[] = []
  for (const part of content) {
    const last = said.at(-1)
    const next = partEssence(part)
    if (next === undefined) continue
    if (last?.type === next.type && 'text' in last && 'text' in next) {
      said[said.length - 1] = joined(last, next)
    } else said.push(next)
  }
  return plain({
    said,
    finish: finish.reason,
    usage: countsOf(usage),
  })
}

interface Said {
  readonly type: string
  readonly [name: string]: unknown
}

function partEssence(part: AssistantPart): Said | undefined {
  switch (part.type) {
    case 'text':
    case 'reasoning':
    case 'refusal': {
      const { type, text } = part
      const sources = 'citations' in part ? (part.citations ?? []).map(sourceOf) : []
      const states = 'state' in part ? (part.state ?? []).map(stateOf) : []
      if (text === '' && sources.length + states.length === 0) return undefined
      return { type, text, sources, states }
    }
    case 'tool-call': {
      const { type, callId, name, kind, state = [] } = part
      const value = kind === 'function' ? JSON.parse(part.arguments || '{}') : part.arguments
      return { type, callId, name, kind, arguments: value, states: state.map(stateOf) }
    }
    default:
      return { ...without(without(part, 'extensions'), 'state') }
  }
}

function joined(first: Said, second: Said): Said {
  return {
    type: first.type,
    text: `${first['text']}${second['text']}`,
    sources: [first['sources'], second['sources']].flat(),
    states: [first['states'], second['states']].flat(),
  }
}

/** Some protocols demand counts that were not told, and say 0. */
function countsOf(usage: Usage = {}): unknown {
  const counts = Object.entries(without(usage, 'extra')).filter(([, count]) => count !== 0)
  return Object.fromEntries(counts)
}

/** Offsets depend on where a text begins; the page that is cited does not. */
function sourceOf({ url }: Citation): unknown {
  return { url }
}

function stateOf({ kind, data }: OpaqueState): unknown {
  return { kind, data }
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

/** An answer as a message of Chat has it: one member for each kind of content, whatever their order was. */
export function answerMessage({ content, finish, usage }: ChatResponse): unknown {
  const texts = (type: 'text' | 'reasoning' | 'refusal') =>
    content.map((part) => (part.type === type && 'text' in part ? part.text : '')).join('')
  return plain({
    text: texts('text'),
    reasoning: texts('reasoning'),
    refusal: texts('refusal'),
    calls: content
      .filter(({ type }) => type === 'tool-call')
      .map(partEssence)
      .map((call) => ({ ...call, states: [] })),
    sources: content.flatMap((part) =>
      part.type === 'text' ? (part.citations ?? []).map(sourceOf) : [],
    ),
    media: content.flatMap((part) => ('source' in part ? [part.source] : [])),
    finish: finish.reason,
    usage: countsOf(usage),
  })
}

/** An answer as a client of this protocol can be told: the documented changes of meaning. */
export function answerAsTold(to: Protocol, answer: ChatResponse): ChatResponse {
  const finish = { reason: reasonAsTold(to, answer) }
  const { usage } = answer
  // Gemini's protocol does not count what is written to caches.
  const counted =
    usage === undefined || to !== 'gemini' ? usage : without(usage, 'cacheWriteInputTokens')
  return {
    ...answer,
    content: answer.content.flatMap((part) => partAsTold(to, part)),
    finish,
    ...(counted === undefined ? {} : { usage: counted }),
  }
}

/** Who has no refusals says of them that a filter stopped the answer; words that nobody knows are the usual end. */
function reasonAsTold(to: Protocol, { content, finish }: ChatResponse): Finish['reason'] {
  const { reason } = finish
  const refused = content.some(({ type }) => type === 'refusal')
  if (reason === 'stop' && refused && !hasRefusals(to)) return 'content-filter'
  return reason === 'other' && to !== 'gemini' ? 'stop' : reason
}

function hasRefusals(to: Protocol): boolean {
  return to === 'chat' || to === 'responses'
}

function partAsTold(to: Protocol, part: AssistantPart): readonly AssistantPart[] {
  if (part.type === 'provider') return []
  if (part.type === 'refusal' && !hasRefusals(to)) return [{ type: 'text', text: part.text }]
  if (part.type === 'image' && to === 'anthropic') return [{ type: 'text', text: shownElsewhere }]
  if (part.type === 'text') {
    return [{ ...part, citations: (part.citations ?? []).filter(citedIn(to)) }]
  }
  return [part]
}

/** Sources have an address; Gemini's own may be without one, and others are told there by their place in the text. */
function citedIn(to: Protocol): (citation: Citation) => boolean {
  return ({ url, end, raw }) =>
    to === 'gemini'
      ? raw?.dialect === 'gemini' || (url !== undefined && end !== undefined)
      : url !== undefined
}

const shownElsewhere =
  '(The model made a file of the type image/png, which this protocol cannot show.)'
