import { expect } from 'vitest'
import { type Ask, type DialectName, type Heard, pdf, png, type SdkClient } from './client.ts'
import type { Provider } from './provider.ts'
import { type SaidCall, type Say, stopWord } from './say.ts'

/** One cell of the matrix. */
export interface Cell {
  readonly client: SdkClient
  readonly provider: Provider
  readonly stream: boolean
}

/** Something that the user of a client library can rely on, whichever provider answers. */
export interface Feature {
  readonly name: string
  /** Why a cell cannot be: what a protocol lacks. */
  readonly impossible?: (client: DialectName, provider: DialectName) => string | undefined
  readonly run: (cell: Cell) => Promise<void>
}

const hello = { turns: [{ user: 'Hello' }] } as const
const paris: SaidCall = {
  id: 'call_paris',
  name: 'weather',
  arguments: { place: 'Paris, "é" 漢 🎐' },
}
const oslo: SaidCall = { id: 'call_oslo', name: 'clock', arguments: { place: 'Oslo' } }
const schema = {
  type: 'object',
  properties: { city: { type: 'string' }, degrees: { type: 'number' } },
  required: ['city', 'degrees'],
  additionalProperties: false,
} as const

let answers = 0

/** Every answer has call ids of its own, as those of providers do. */
async function heard({ client, provider, stream }: Cell, ask: Ask, say: Say): Promise<Heard> {
  answers += 1
  const calls = say.calls?.map((call) => ({ ...call, id: `${call.id}_${answers}` }))
  provider.say({ ...say, ...(calls && { calls }) })
  return await client.ask(ask, { stream })
}

/** The bodies of the generations that a provider got since the last look. */
function lastBody({ provider }: Cell): string {
  const request = provider.server.requests.findLast(({ method }) => method === 'POST')
  return request?.body.toString() ?? ''
}

function sameCalls(calls: Heard['calls'], said: readonly SaidCall[]): void {
  expect(calls.map(({ name, arguments: given }) => ({ name, arguments: given }))).toEqual(
    said.map(({ name, arguments: given }) => ({ name, arguments: given })),
  )
}

function resultsOf(calls: Heard['calls'], texts: readonly string[]) {
  return calls.map(({ id, name }, index) => ({ id, name, text: texts[index] ?? '' }))
}

/** How a client's protocol says why an answer ended. */
const endings = {
  'openai-chat': { stop: 'stop', calls: 'tool_calls', length: 'length', filter: 'content_filter' },
  'openai-responses': {
    stop: 'completed',
    calls: 'completed',
    length: 'incomplete: max_output_tokens',
    filter: 'incomplete: content_filter',
  },
  'anthropic-messages': {
    stop: 'end_turn',
    calls: 'tool_use',
    length: 'max_tokens',
    filter: 'refusal',
  },
  gemini: { stop: 'STOP', calls: 'STOP', length: 'MAX_TOKENS', filter: 'SAFETY' },
} as const

const pieces = ['Hello', ', ', 'é 漢 🎐', ' and "quotes"\n', '\u2028 end']

export const features: readonly Feature[] = [
  {
    name: 'text',
    async run(cell) {
      const { text, finish, calls } = await heard(cell, hello, { text: pieces })

      expect(text).toBe(pieces.join(''))
      expect(finish).toBe(endings[cell.client.dialect].stop)
      expect(calls).toEqual([])
    },
  },
  {
    name: 'empty answer',
    async run(cell) {
      const { text, finish } = await heard(cell, hello, {})

      expect(text).toBe('')
      expect(finish).toBe(endings[cell.client.dialect].stop)
    },
  },
  {
    name: 'system prompt',
    async run(cell) {
      await heard(cell, { ...hello, system: 'Answer as a pirate.' }, { text: ['Arr'] })

      expect(lastBody(cell)).toContain('Answer as a pirate.')
    },
  },
  {
    name: 'several turns',
    async run(cell) {
      const first = await heard(cell, hello, { text: ['First ', 'answer'] })
      await heard(
        cell,
        { turns: [...hello.turns, { heard: first }, { user: 'Second question' }] },
        { text: ['ok'] },
      )

      const body = lastBody(cell)
      const places = ['Hello', 'First answer', 'Second question'].map((text) => body.indexOf(text))
      expect(places.every((place) => place >= 0)).toBe(true)
      expect(places).toEqual(places.toSorted((one, other) => one - other))
    },
  },
  {
    name: 'tools',
    async run(cell) {
      const ask: Ask = { turns: [{ user: 'Weather?' }], tools: ['weather'] }
      const first = await heard(cell, ask, { text: ['Let me see.'], calls: [paris] })
      sameCalls(first.calls, [paris])
      expect(first.text).toBe('Let me see.')
      expect(first.finish).toBe(endings[cell.client.dialect].calls)

      const results = resultsOf(first.calls, ['rain é'])
      const second = await heard(
        cell,
        { ...ask, turns: [...ask.turns, { heard: first }, { results }] },
        { text: ['It rains.'] },
      )
      expect(second.text).toBe('It rains.')
      expect(lastBody(cell)).toContain('rain é')
    },
  },
  {
    name: 'parallel tools',
    async run(cell) {
      const ask: Ask = { turns: [{ user: 'Weather and time?' }], tools: ['weather', 'clock'] }
      const first = await heard(cell, ask, { calls: [paris, oslo] })
      sameCalls(first.calls, [paris, oslo])

      const results = resultsOf(first.calls, ['rain', 'noon'])
      const turns = [...ask.turns, { heard: first }, { results }]
      const second = await heard(cell, { ...ask, turns }, { calls: [oslo] })
      sameCalls(second.calls, [oslo])

      const third = await heard(
        cell,
        {
          ...ask,
          turns: [...turns, { heard: second }, { results: resultsOf(second.calls, ['one']) }],
        },
        { text: ['done'] },
      )
      expect(third.text).toBe('done')
      const body = lastBody(cell)
      for (const text of ['rain', 'noon', 'one']) expect(body).toContain(text)
    },
  },
  {
    name: 'tool results with images',
    impossible: (client) =>
      client === 'openai-chat' ? 'tool messages of OpenAI Chat hold text only' : undefined,
    async run(cell) {
      const ask: Ask = { turns: [{ user: 'Look' }], tools: ['weather'] }
      const first = await heard(cell, ask, { calls: [paris] })
      const results = resultsOf(first.calls, ['see picture']).map((result) => ({
        ...result,
        image: png,
      }))
      const turns = [...ask.turns, { heard: first }, { results }]
      const second = await heard(cell, { ...ask, turns }, { text: ['A dot.'] })

      expect(second.text).toBe('A dot.')
      expect(lastBody(cell)).toContain(png.data)
      expect(lastBody(cell)).toContain('see picture')
    },
  },
  {
    name: 'images in',
    async run(cell) {
      const { text } = await heard(
        cell,
        { turns: [{ user: 'What is this?', image: png }] },
        { text: ['A dot.'] },
      )

      expect(text).toBe('A dot.')
      expect(lastBody(cell)).toContain(png.data)
    },
  },
  {
    name: 'files in',
    async run(cell) {
      const { text } = await heard(
        cell,
        { turns: [{ user: 'Read this', file: pdf }] },
        { text: ['Read.'] },
      )

      expect(text).toBe('Read.')
      expect(lastBody(cell)).toContain(pdf.data)
      expect(lastBody(cell)).toContain('application/pdf')
    },
  },
  {
    name: 'structured output',
    async run(cell) {
      const said = '{"city":"Oslo","degrees":3}'
      const { text } = await heard(cell, { ...hello, schema }, { text: [said] })

      expect(JSON.parse(text)).toEqual({ city: 'Oslo', degrees: 3 })
      expect(lastBody(cell)).toContain('"degrees"')
    },
  },
  {
    name: 'reasoning out',
    async run(cell) {
      const { text, reasoning } = await heard(
        cell,
        { ...hello, reasons: true },
        { reasoning: ['Hm, ', 'well.'], text: ['Yes.'] },
      )

      expect(reasoning).toBe('Hm, well.')
      expect(text).toBe('Yes.')
    },
  },
  {
    name: 'reasoning state back',
    impossible: (_, provider) =>
      provider === 'openai-chat' ? 'OpenAI Chat has no state to give back' : undefined,
    async run(cell) {
      const ask: Ask = { turns: [{ user: 'Think, then look' }], tools: ['weather'], reasons: true }
      const first = await heard(cell, ask, { reasoning: ['I should look.'], calls: [paris] })
      const results = resultsOf(first.calls, ['rain'])
      const turns = [...ask.turns, { heard: first }, { results }]
      const second = await heard(
        cell,
        { ...ask, turns },
        { reasoning: ['And the time.'], calls: [oslo] },
      )
      const third = await heard(
        cell,
        {
          ...ask,
          turns: [...turns, { heard: second }, { results: resultsOf(second.calls, ['noon']) }],
        },
        { text: ['done'] },
      )

      expect(third.text).toBe('done')
      expect(lastBody(cell)).toMatch(stateOf[cell.provider.dialect])
    },
  },
  {
    name: 'stop sequence',
    impossible: (client, provider) => {
      const lacking = [client, provider].find((name) => name === 'openai-responses')
      return lacking && 'OpenAI Responses has no stop sequences'
    },
    async run(cell) {
      const { text, finish } = await heard(
        cell,
        { ...hello, stop: stopWord },
        { text: ['before '], end: 'stop-sequence' },
      )

      expect(text).toBe('before ')
      const names = cell.provider.dialect === 'anthropic-messages' && finish === 'stop_sequence'
      if (!names) expect(finish).toBe(endings[cell.client.dialect].stop)
      expect(lastBody(cell)).toContain(stopWord)
    },
  },
  {
    name: 'length',
    async run(cell) {
      const { text, finish } = await heard(
        cell,
        { ...hello, maxTokens: 321 },
        { text: ['cut'], end: 'length' },
      )

      expect(text).toBe('cut')
      expect(finish).toBe(endings[cell.client.dialect].length)
      expect(lastBody(cell)).toContain('321')
    },
  },
  {
    name: 'refusal',
    async run(cell) {
      const said = cell.provider.dialect === 'gemini' ? '' : 'I cannot do that.'
      const { text, refusal, finish } = await heard(cell, hello, { refusal: 'I cannot do that.' })

      expect(text + refusal).toBe(said)
      const isShown = refusal !== '' || finish === endings[cell.client.dialect].filter
      expect(isShown || cell.client.dialect === 'gemini').toBe(true)
    },
  },
  {
    name: 'content filter',
    async run(cell) {
      const { finish } = await heard(cell, hello, { text: ['Half an'], end: 'filter' })

      expect(finish).toBe(endings[cell.client.dialect].filter)
    },
  },
  {
    name: 'usage with cache and reasoning',
    async run(cell) {
      const usage = { input: 1200, output: 345, cached: 1000, reasoning: 45 }
      const { usage: told } = await heard(cell, { ...hello, reasons: true }, { text: ['x'], usage })

      expect(told).toEqual(usage)
    },
  },
  {
    name: 'streamed as whole',
    async run(cell) {
      const say: Say = {
        text: pieces,
        reasoning: ['Hm, ', 'well.'],
        calls: [paris, oslo],
        usage: { input: 12, output: 34, cached: 5, reasoning: 6 },
      }
      const ask: Ask = { ...hello, tools: ['weather', 'clock'], reasons: true }
      const whole = await heard({ ...cell, stream: false }, ask, say)
      const streamed = await heard({ ...cell, stream: true }, ask, say)

      expect(comparable(streamed)).toEqual(comparable(whole))
    },
  },
]

/**
 * Without ids and seals, which are made anew for every answer. Gemini's turn stays in as many parts as came, as its users are told to
 * leave it.
 */
function comparable({ turn, ...heard }: Heard): unknown {
  const isParts = typeof turn === 'object' && turn !== null && 'parts' in turn
  return JSON.parse(
    JSON.stringify(isParts ? heard : { ...heard, turn }, (key, member: unknown) => {
      const isMade = key === 'id' || key === 'call_id' || key === 'item_id'
      const isSealed =
        key === 'encrypted_content' || key === 'signature' || key === 'thoughtSignature'
      return isMade || isSealed ? '…' : member
    }),
  )
}

/** What a provider's own reasoning state looks like in a request. */
const stateOf: Readonly<Record<DialectName, RegExp>> = {
  'openai-chat': /nothing/,
  'openai-responses': /"encrypted_content":"[^"]{8}/,
  'anthropic-messages': /"signature":"[^"]{8}/,
  gemini: /"thoughtSignature":"(?!skip_thought)[^"]{8}/,
}
