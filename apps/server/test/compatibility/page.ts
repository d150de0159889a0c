import { type DialectName, dialects } from './client.ts'
import type { Feature } from './features.ts'

/** A cell that was tried and held. */
export interface Result {
  readonly feature: string
  readonly client: DialectName
  readonly provider: DialectName
  readonly stream: boolean
}

interface PageCell extends Omit<Result, 'feature'> {
  readonly feature: Feature
  readonly impossible: string | undefined
}

const titles: Readonly<Record<DialectName, string>> = {
  'openai-chat': 'OpenAI Chat',
  'openai-responses': 'OpenAI Responses',
  'anthropic-messages': 'Anthropic Messages',
  gemini: 'Gemini',
}

/** The reference of what works between which protocols, from what was tried. */
export function compatibilityPage(cells: readonly PageCell[], results: readonly Result[]): string {
  const held = new Set(results.map(keyOf))
  const notes = new Notes()
  const blocks = dialects.map((client) => block(client, { cells, held, notes }))
  return `${[head(results.length), ...blocks, notes.text()].join('\n\n')}\n`
}

function keyOf({ feature, client, provider, stream }: Result): string {
  return [feature, client, provider, stream].join()
}

function head(calls: number): string {
  return [
    '# Compatibility',
    '',
    '<!-- Generated from the results of apps/server/test/compatibility by "npm run docs:compatibility". Do not edit. -->',
    '',
    `What the users of each official client library can rely on, whichever protocol the provider speaks. Every tick is a test: ${calls} of`,
    'them, through the real server, with `openai`, `@anthropic-ai/sdk` and `@google/genai` on one side and strict fakes of the providers',
    'on the other, each streamed and not. A test is red when this page and its results differ. [translation.md](translation.md) says how each',
    'thing is translated.',
  ].join('\n')
}

/** Why cells are impossible, numbered. */
class Notes {
  readonly #reasons: string[] = []

  mark(reason: string): string {
    if (!this.#reasons.includes(reason)) this.#reasons.push(reason)
    return `– (${this.#reasons.indexOf(reason) + 1})`
  }

  text(): string {
    return this.#reasons.map((reason, index) => `${index + 1}. ${capital(reason)}.`).join('\n')
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function block(
  client: DialectName,
  page: {
    readonly cells: readonly PageCell[]
    readonly held: ReadonlySet<string>
    readonly notes: Notes
  },
): string {
  const own = page.cells.filter((cell) => cell.client === client)
  const names = [...new Set(own.map(({ feature }) => feature.name))]
  const rows = names.map((name) => [
    name,
    ...dialects.map((provider) => {
      const pair = own.filter((cell) => cell.feature.name === name && cell.provider === provider)
      return cellText(pair, page)
    }),
  ])
  const line = (texts: readonly string[]) => `| ${texts.join(' | ')} |`
  return [
    `## Clients of ${titles[client]}`,
    '',
    line(['', ...dialects.map((provider) => `${titles[provider]} provider`)]),
    `|${'---|'.repeat(dialects.length + 1)}`,
    ...rows.map(line),
  ].join('\n')
}

function cellText(
  pair: readonly PageCell[],
  { held, notes }: { readonly held: ReadonlySet<string>; readonly notes: Notes },
): string {
  const [first] = pair
  if (first?.impossible !== undefined) return notes.mark(first.impossible)
  const good = pair.filter((cell) => held.has(keyOf({ ...cell, feature: cell.feature.name })))
  if (good.length === pair.length) return '✓'
  if (good.length === 0) return '✗'
  return good[0]?.stream === true ? 'streamed only' : 'whole only'
}
