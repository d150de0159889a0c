import type { JsonValue } from '@jackfield/core'
import type { Concept, Topic } from '../probes/probe.ts'
import { answerTopics, errorConcepts, requestTopics } from '../probes/topics.ts'
import { models, type Protocol, protocols, titles } from '../support/protocols.ts'
import { same } from './difference.ts'
import {
  answerOutcomes,
  errorOutcomes,
  errorWords,
  type Outcome,
  type Outcomes,
  requestOutcomes,
  statusOf,
} from './outcomes.ts'

/** The reference of what becomes of everything between two protocols. */
export function translationPage(): string {
  const blocks = [
    head(),
    ...requestTopics.map((topic) =>
      topicBlock(topic, (concept) => requestOutcomes(topic, concept)),
    ),
    answersHead,
    ...answerTopics.map((topic) => topicBlock(topic, (concept) => answerOutcomes(topic, concept))),
    errorsBlock(),
  ]
  return `${blocks.join('\n\n')}\n`
}

function head(): string {
  const usual = protocols.map((to) => `${titles[to]} \`${models[to]}\``).join(', ')
  return [
    '# Translation between protocols',
    '',
    '<!-- Generated from the probes in apps/server/test/translation by "npm run docs:translation". Do not edit. -->',
    '',
    'What becomes of everything that a client says when its model is served by a provider of another protocol, and of what',
    'the provider answers. Each entry is a probe: the smallest request (or answer) with one thing in it, put through every pair of',
    'protocols by the code that serves calls. A test is red when this page and the probes differ.',
    '',
    'A call whose client and provider speak the same protocol is forwarded as it is, and nothing here applies to it, unless the gateway',
    'has to translate it all the same (`forward: false`, parameters of a selector that only a new encoding can set).',
    '',
    '- **said**: the members that were put into the request, in the words of each protocol. An empty cell: it has none.',
    '- **arrives**: the members that the provider got. `the same`: as in the row above. Where it matters which client said it, there',
    '  is a row for each. `–`: nothing.',
    '- **dropped**: what the response header `x-jackfield-dropped` names. Whatever a protocol cannot say is named there.',
    '- **refused**: leaving it out would change what is asked, so the call fails, or goes on to the next leaf that can serve it.',
    `- Requests go to these models, unless a table names others: ${usual}.`,
    '',
    'Not named, because every provider does the same of its own accord: reasoning of earlier turns goes back only to who made it, see',
    '[Reasoning of earlier turns](#reasoning-of-earlier-turns).',
    '',
    '# Requests',
  ].join('\n')
}

const answersHead = [
  '# Answers',
  '',
  'Here **said** is what the provider answers, and **arrives** what the client gets. Streams say the same: every probe of this part is',
  'also sent as a stream, and both must come to the same message. `–`: as in the smallest answer, which ends with `stop`.',
].join('\n')

function topicBlock(topic: Topic, outcomesOf: (concept: Concept) => Outcomes): string {
  const named = Object.entries(topic.models ?? {})
  const used = protocols.filter((to) => topic.models?.[to] !== undefined)
  return [
    `## ${topic.title}`,
    '',
    ...(topic.intro === undefined ? [] : [topic.intro, '']),
    ...(named.length === 0
      ? []
      : [`Models: ${used.map((to) => `${titles[to]} \`${topic.models?.[to]}\``).join(', ')}.`, '']),
    ...tableHead,
    ...topic.concepts.flatMap((concept) => conceptRows(concept, outcomesOf(concept))),
  ].join('\n')
}

const tableHead = [
  line(['', ...protocols.map((protocol) => titles[protocol])]),
  `|${'---|'.repeat(protocols.length + 1)}`,
]

/** What a row is about: words of every protocol. */
interface Named {
  readonly title: string
  readonly said: Partial<Readonly<Record<Protocol, JsonValue>>>
}

function conceptRows(concept: Named, outcomes: Outcomes): string[] {
  const words = protocols.map((protocol) => {
    const said = concept.said[protocol]
    return said === undefined ? '' : json(said)
  })
  const groups = Map.groupBy(outcomes.keys(), (from) =>
    JSON.stringify(cellsOf(concept, outcomes, from)),
  )
  const isOne = groups.size === 1
  return [
    line([`**${concept.title}** said`, ...words]),
    ...[...groups.values()].map((froms) => {
      const [first] = froms
      const cells = first === undefined ? [] : cellsOf(concept, outcomes, first)
      const label = isOne ? 'arrives' : `from ${froms.map((from) => titles[from]).join(', ')}`
      return line([label, ...cells])
    }),
  ]
}

function cellsOf(concept: Named, outcomes: Outcomes, from: Protocol): readonly string[] {
  return protocols.map((to) => cellOf(outcomes.get(from)?.get(to) ?? {}, concept.said[to]))
}

function cellOf({ arrived, dropped = [], refused }: Outcome, own: JsonValue | undefined): string {
  if (refused !== undefined) return `refused: ${refused}`
  const named = dropped.length === 0 ? [] : [`dropped: ${dropped.map(code).join(', ')}`]
  const shown = arrived === undefined ? [] : [same(arrived, own) ? 'the same' : json(arrived)]
  const parts = [...shown, ...named]
  return parts.length === 0 ? '–' : parts.join('; ')
}

function errorsBlock(): string {
  const rows = errorConcepts.flatMap((concept) => {
    const words = Object.entries(concept.said).map(([from, body]) => {
      const protocol = from as Protocol
      return [protocol, errorWords(statusOf(concept, protocol), body)] as const
    })
    return conceptRows(
      { title: concept.title, said: Object.fromEntries(words) },
      errorOutcomes(concept),
    )
  })
  return [
    '# Errors',
    '',
    'What a provider fails with (**said**), and what clients get: the status and the words in the body that programs read. The message',
    'is the provider’s, and says that it is. How the gateway tries again, and when an error ends a stream, is told in',
    '[faults.md](faults.md); what the codes mean in [errors.md](errors.md).',
    '',
    ...tableHead,
    ...rows,
  ].join('\n')
}

/** Texts, and short JSON, as code in a table. */
function json(value: JsonValue): string {
  return code(typeof value === 'string' ? value : JSON.stringify(value))
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
