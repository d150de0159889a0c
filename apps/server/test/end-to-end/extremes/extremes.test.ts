import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ask, type DialectName, dialects, type Heard } from '../../compatibility/client.ts'
import type { Provider } from '../../compatibility/provider.ts'
import { startWorld, type World } from '../../compatibility/world.ts'
import { wires } from '../wires.ts'
import { type Said, saying } from './said.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

/** Letters of one to four bytes, joined ones, marks of direction, line ends that JSON and JavaScript see differently, and no letters. */
const widths = [
  ...[
    'a',
    'é',
    'ß',
    '漢',
    '字',
    '🎐',
    '👩‍👩‍👧‍👦',
    '🇳🇴',
    'e\u0301',
    '\u202Eabc\u202C',
    'ע',
    'ا',
    'ก็',
  ],
  ...['\u0000', '\u001F', '\u007F', '\u0085', '\u2028', '\u2029', '\uFEFF', '\uFFFD', '\uFFFF'],
  ...['𐀀', '\u{1FFFF}', '\u{10FFFF}', '"', '\\', '\\u0041', '/', '</script>', '\t', '\r\n', '\n\n'],
  ...['data: x', '[DONE]', 'event: y', '{"a":', '\\ud800'],
]
const mebibyte = 1 << 20
const long = '漢é🎐x'.repeat(mebibyte / 10)
/** More than is held of an answer that has not begun, and less than an event may have. */
const longer = long.repeat(3)
const tiny = Array.from({ length: 3_000 }, (_, index) => 'aé漢🎐'.slice(index % 3, (index % 3) + 1))

const pairs = dialects.flatMap((client) =>
  dialects.flatMap((provider) =>
    [true, false].map((stream) => [client, provider, stream ? 'streamed' : 'whole'] as const),
  ),
)

function providerOf(dialect: DialectName): Provider {
  const [found] = world.providers.filter((provider) => provider.dialect === dialect)
  if (found === undefined) throw new Error(`there is no provider of ${dialect}`)
  return found
}

const hello: Ask = { turns: [{ user: 'Hello' }] }

async function heard(
  [client, provider, form]: readonly [DialectName, DialectName, string],
  said: Said,
  ask: Ask = hello,
): Promise<Heard> {
  const stream = form === 'streamed'
  providerOf(provider).server.respondOnce(saying(provider, said, stream))
  return await world.client(client, provider).ask(ask, { stream })
}

function received(provider: DialectName): string {
  const { requests } = providerOf(provider).server
  return requests.findLast(({ method }) => method === 'POST')?.text() ?? ''
}

let calls = 0

/** A call, its result, and what the provider is told of both. */
async function takeThroughLoop(
  pair: readonly [DialectName, DialectName, string],
  args: string,
  every = 1 << 16,
): Promise<{ readonly heard: unknown; readonly told: string }> {
  calls += 1
  const pieces = args.match(new RegExp(`[\\s\\S]{1,${every}}`, 'g')) ?? []
  const call = { id: `call_extreme_${calls}`, name: 'weather', pieces }
  const ask: Ask = { ...hello, tools: ['weather'] }
  const first = await heard(pair, { call }, ask)
  const [made] = first.calls
  const results = [{ id: made?.id ?? '', name: 'weather', text: 'done' }]
  await heard(
    pair,
    { text: ['ok'] },
    { ...ask, turns: [...ask.turns, { heard: first }, { results }] },
  )
  return { heard: made?.arguments, told: received(pair[1]) }
}

/** All arguments of calls in a provider's request, whether it takes them as text or as an object. */
function argumentsIn(body: string): readonly unknown[] {
  const found: unknown[] = []
  JSON.parse(body, (key, value: unknown) => {
    if (key === 'arguments' && typeof value === 'string') found.push(JSON.parse(value))
    if ((key === 'input' || key === 'args') && typeof value === 'object') found.push(value)
    return value
  })
  return found
}

describe.each(pairs)('a client of %s in front of %s, %s', (...pair) => {
  it('gets text of every width', async () => {
    expect((await heard(pair, { text: widths })).text).toBe(widths.join(''))
  })

  it('gets letters that are cut in two', async () => {
    const halves = ['A \ud83c', '\udf90 B ', '\ud83c', '\udf90\ud83c', '\udf90']

    expect((await heard(pair, { text: halves })).text).toBe('A 🎐 B 🎐🎐')
  })

  it('gets a text of megabytes in one event', async () => {
    const said = pair[2] === 'streamed' ? longer : long

    const { text } = await heard(pair, { text: [said] })

    expect(text.length).toBe(said.length)
    expect(text === said).toBe(true)
  })

  it('gets thousands of tiny pieces', async () => {
    expect((await heard(pair, { text: tiny })).text).toBe(tiny.join(''))
  })

  it('gets arguments of a megabyte, and sends them back', async () => {
    const args = { place: long.slice(0, mebibyte / 3), list: Array(1000).fill('é'), n: 1.5 }

    const loop = await takeThroughLoop(pair, JSON.stringify(args))

    expect(loop.heard).toEqual(args)
    expect(argumentsIn(loop.told)).toContainEqual(args)
  })

  it('gets arguments that are deeply nested, and sends them back', async () => {
    const deep = { place: JSON.parse(`${'{"a":['.repeat(60)}"🎐"${']}'.repeat(60)}`) as unknown }

    const loop = await takeThroughLoop(pair, JSON.stringify(deep), 5)

    expect(loop.heard).toEqual(deep)
    expect(argumentsIn(loop.told)).toContainEqual(deep)
  })

  it('gets the last of two members of one name', async () => {
    const loop = await takeThroughLoop(pair, '{"place":"Oslo","place":"Paris","x":{"y":1,"y":2}}')

    expect(loop.heard).toEqual({ place: 'Paris', x: { y: 2 } })
    expect(argumentsIn(loop.told)).toContainEqual({ place: 'Paris', x: { y: 2 } })
  })

  it('gets half a letter as it is, or as the sign for what is none', async () => {
    const { text } = await heard(pair, { text: ['a \ud800', ' b'] })

    expect(text).toMatch(/^a [\ud800\ufffd] b$/)
  })
})

/** A request in which the user says a JSON string token, as its bytes stand. */
function bodySaying(client: DialectName, model: string, token: string): string {
  return JSON.stringify(wires[client].body(model)).replace('"Hi"', token)
}

async function send(client: DialectName, provider: DialectName, body: string) {
  const answer = await fetch(`${world.gateway.url}${wires[client].path(`${provider}:fake-chat`)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  return { status: answer.status, text: await answer.text() }
}

describe.each(
  dialects.flatMap((client) => dialects.map((provider) => [client, provider] as const)),
)('a request of %s to %s', (client, provider) => {
  const model = `${provider}:fake-chat`

  it('may say everything that can be said', async () => {
    providerOf(provider).say({ text: ['ok'] })
    const said = widths.join('')

    const { status } = await send(client, provider, bodySaying(client, model, JSON.stringify(said)))

    expect(status).toBe(200)
    expect(stringsIn(received(provider))).toContain(said)
  })

  it('may say a megabyte', async () => {
    providerOf(provider).say({ text: ['ok'] })

    const { status } = await send(client, provider, bodySaying(client, model, JSON.stringify(long)))

    expect(status).toBe(200)
    expect(stringsIn(received(provider)).some((text) => text === long)).toBe(true)
  })

  it('may have half a letter in it', async () => {
    providerOf(provider).say({ text: ['ok'] })

    const { status } = await send(client, provider, bodySaying(client, model, '"x \\ud800 y"'))

    expect(status).toBe(200)
    expect(stringsIn(received(provider)).join('\n')).toMatch(/x [\ud800\ufffd] y/)
  })

  it('may have a member twice below its top level: the last counts', async () => {
    providerOf(provider).say({ text: ['ok'] })
    const body = JSON.stringify(wires[client].body(model))
    const twice = body.replace(/"(content|text|input)":"Hi"/, '"$1":"Lo","$1":"Hi"')
    // Responses has the text at the top level, where it must be clear what is asked.
    const isRefused = client === 'openai-responses'

    const { status, text } = await send(client, provider, twice)

    expect(twice).not.toBe(body)
    expect([status, isRefused ? text : received(provider)]).toEqual([
      isRefused ? 400 : 200,
      expect.stringContaining(isRefused ? 'input' : '"Hi"'),
    ])
  })

  it('may have a deep schema', async () => {
    providerOf(provider).say({ text: ['ok'] })
    const deep: unknown = JSON.parse(
      `${'{"type":"object","properties":{"a":'.repeat(40)}{"type":"string"}${'}}'.repeat(40)}`,
    )
    const body = { ...wires[client].body(model), tools: [toolOf(client, deep)] }

    const { status, text } = await send(client, provider, JSON.stringify(body))

    expect({ status, text }).toMatchObject({ status: 200 })
    expect(received(provider).match(/"properties"/g)).toHaveLength(40)
  })
})

function stringsIn(body: string): readonly string[] {
  const strings: string[] = []
  JSON.parse(body, (_, value: unknown) => {
    if (typeof value === 'string') strings.push(value)
    return value
  })
  return strings
}

function toolOf(client: DialectName, schema: unknown): object {
  switch (client) {
    case 'openai-chat':
      return { type: 'function', function: { name: 'f', parameters: schema } }
    case 'openai-responses':
      return { type: 'function', name: 'f', parameters: schema, strict: false }
    case 'anthropic-messages':
      return { name: 'f', input_schema: schema }
    case 'gemini':
      return { functionDeclarations: [{ name: 'f', parametersJsonSchema: schema }] }
  }
}

it('breaks the protocol of no client', () => {
  const broken = world.gateway.log.filter(({ msg }) => msg === 'answer breaks its protocol')

  expect(broken).toEqual([])
})
