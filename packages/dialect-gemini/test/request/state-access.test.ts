import type { OpaqueState } from '@jackfield/core'
import { packStates } from '@jackfield/dialect-kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gemini } from '../../src/index.ts'
import { bytes, json, parsed, textOf } from '../support/bytes.ts'
import { model, user } from '../support/requests.ts'

const { states } = gemini
if (states === undefined) throw new Error('the dialect has state')

const placeholder = 'skip_thought_signature_validator'
const signature = (data: string): OpaqueState => ({ kind: 'thought-signature', data })
const without = (body: unknown, keeps = (_: OpaqueState) => false) =>
  parsed(states.without(json(body), keeps))

describe('finding signatures', () => {
  it('reads both spellings, in the order of the body, white space or not', () => {
    const text = '{"thought_signature" : "AA==", "a":{"thoughtSignature":\n"B\\/B="}}'

    expect(states.find(bytes(text))).toEqual([signature('AA=='), signature('B/B=')])
  })

  it('takes no text for a signature that only speaks of one', () => {
    const spoken = JSON.stringify({ text: 'a "thoughtSignature": "AA" b' })

    expect(states.find(bytes(spoken))).toEqual([])
  })

  it('tells what was packed for another protocol with its origin', () => {
    const foreign: OpaqueState = {
      kind: 'signature',
      data: 'abc',
      origin: { dialect: 'anthropic-messages', scope: 's' },
    }

    expect(states.find(json({ thoughtSignature: packStates([foreign]) }))).toEqual([foreign])
  })

  it.each([placeholder, Buffer.from('context_engineering_is_the_way_to_go').toString('base64')])(
    'knows that %s is none',
    (thoughtSignature) => {
      expect(states.find(json({ thoughtSignature }))).toEqual([])
    },
  )

  it('reads a text to its own end', () => {
    const odd = { thoughtSignature: 'a"b\\', other: { thoughtSignature: 'c' } }

    expect(states.find(json(odd))).toEqual([signature('a"b\\'), signature('c')])
  })

  it('survives values that are no text', () => {
    for (const text of ['"thoughtSignature":', '"thoughtSignature":5', '"thoughtSignature":"a']) {
      expect(states.find(bytes(text))).toEqual([])
    }
  })
})

const call = (name: string, thoughtSignature?: string) => ({
  functionCall: { name, args: {} },
  ...(thoughtSignature === undefined ? {} : { thoughtSignature }),
})
const response = (name: string) => ({ functionResponse: { name, response: {} } })

describe('calls that lack a signature', () => {
  const bare = (id?: string) => ({
    functionCall: { name: 'f', ...(id === undefined ? {} : { id }) },
  })
  const made = (data: string): OpaqueState => ({ kind: 'call', data })

  it('are told where a step of the current turn begins with them', () => {
    const contents = [
      user({ text: 'old' }),
      model(bare('old')),
      user(response('f')),
      model({ text: 'done' }),
      user({ text: 'new' }),
      model({ text: 'hm', thoughtSignature: 'S' }, bare('a'), bare('b')),
      user(response('f'), response('f')),
      { role: 'model', parts: [{ function_call: { id: 'c', name: 'f' } }] },
      user(response('f')),
      model({ ...bare('d'), thoughtSignature: '' }),
      user(response('f')),
    ]

    expect(states.find(json({ contents }))).toEqual([
      signature('S'),
      made('a'),
      made('c'),
      made('d'),
    ])
  })

  it('are none where the first call of the step is signed, if only by a placeholder', () => {
    const contents = [
      user({ text: 'q' }),
      model(call('a', placeholder), bare('b')),
      // A client that keeps the chunks of a stream.
      model(bare('c')),
      user(response('a'), response('f'), response('f')),
    ]

    expect(states.find(json({ contents }))).toEqual([])
  })

  it('are nobody’s where they have no id', () => {
    const contents = [user({ text: 'q' }), model(bare()), user(response('f'))]

    expect(states.find(json({ contents }))).toEqual([made('')])
  })

  it('are none in what is no request', () => {
    expect(states.find(bytes('{"contents":[{"parts":[{"functionCall":{'))).toEqual([])
    expect(states.find(json({ contents: 5, a: { functionCall: {} } }))).toEqual([])
  })

  it('get the placeholder where somebody else made them, and every other byte stays', () => {
    const text =
      '{"contents" : [{"parts":[{"text":"q"}]}, {"role":"model","parts":[ { "functionCall":{"id":"x","name":"f"} } ,{"functionCall":{"id":"y","name":"f"}}]}]}'

    expect(textOf(states.without(bytes(text), ({ data }) => data !== 'x'))).toBe(
      text.replace('"name":"f"} }', `"name":"f"},"thoughtSignature":"${placeholder}" }`),
    )
    expect(textOf(states.without(bytes(text), ({ data }) => data === 'x'))).toBe(text)
  })

  it('get it in the place of an empty signature', () => {
    const contents = [user({ text: 'q' }), model({ ...bare('x'), thoughtSignature: '' })]

    expect(without({ contents }).contents[1]).toEqual(
      model({ ...bare('x'), thoughtSignature: placeholder }),
    )
  })
})

describe('taking signatures out', () => {
  it('gives the same array back where all of them stay', () => {
    const raw = json({
      contents: [user({ text: 'a' }), model({ text: 'b', thoughtSignature: 'AA' })],
    })

    expect(states.without(raw, () => true)).toBe(raw)
  })

  it('takes them from texts and thoughts, and leaves every other byte', () => {
    const text =
      '{"contents" : [{"parts":[{"text":"a"}]}, {"role":"model","parts":[{ "thoughtSignature":"AA", "text" : "b"} ,{"text":"c" , "thought":true,"thought_signature":"BB"}]}]}'

    expect(textOf(states.without(bytes(text), () => false))).toBe(
      '{"contents" : [{"parts":[{"text":"a"}]}, {"role":"model","parts":[{ "text" : "b"} ,{"text":"c" , "thought":true}]}]}',
    )
  })

  it('puts the placeholder on the first call of each step of the current turn', () => {
    const contents = [
      user({ text: 'old' }),
      model(call('a', 'A1')),
      user(response('a')),
      model({ text: 'done' }),
      user({ text: 'new' }),
      model({ text: 'hm', thoughtSignature: 'A2' }, call('b', 'A3'), call('c', 'A4')),
      user(response('b'), response('c')),
      model(call('d', 'A5')),
      user(response('d')),
    ]

    expect(without({ contents }).contents).toEqual([
      user({ text: 'old' }),
      model(call('a')),
      user(response('a')),
      model({ text: 'done' }),
      user({ text: 'new' }),
      model({ text: 'hm' }, call('b', placeholder), call('c')),
      user(response('b'), response('c')),
      model(call('d', placeholder)),
      user(response('d')),
    ])
  })

  it('takes words beside or behind responses for no new turn', () => {
    const contents = [
      user({ text: 'q' }),
      model(call('a', 'A1')),
      user(response('a')),
      user({ text: 'the file' }),
      model(call('b', 'A2')),
      user(response('b'), { text: 'and words' }),
    ]
    const [, first, , , second] = without({ contents }).contents

    expect(first).toEqual(model(call('a', placeholder)))
    expect(second).toEqual(model(call('b', placeholder)))
  })

  it('drops parts that held nothing else, unless the content would be empty', () => {
    const only = model({ text: '', thoughtSignature: 'AA' })
    const some = model(
      { text: 'x' },
      { text: '', thought: true, thoughtSignature: 'AA' },
      { text: 'y' },
    )
    const { contents } = without({ contents: [user({ text: 'q' }), only, some] })

    expect(contents[1]).toEqual(model({ text: '' }))
    expect(contents[2]).toEqual(model({ text: 'x' }, { text: 'y' }))
  })

  it('keeps those that are wanted', () => {
    const contents = [
      user({ text: 'q' }),
      model({ text: 'x', thoughtSignature: 'GOOD' }, { text: 'y', thoughtSignature: 'BAD' }),
    ]
    const out = without({ contents }, ({ data }) => data === 'GOOD')

    expect(out.contents[1]).toEqual(model({ text: 'x', thoughtSignature: 'GOOD' }, { text: 'y' }))
  })

  it('writes the placeholder of the provider', async () => {
    const { createGemini } = await import('../../src/index.ts')
    const own = createGemini({ signaturePlaceholder: 'lost' })
    const contents = [user({ text: 'q' }), model(call('a', 'A1'))]
    const out = own.states?.without(json({ contents }), () => false)

    expect(parsed(out ?? json({})).contents[1]).toEqual(model(call('a', 'lost')))
  })

  it('leaves nothing that is refused, and JSON that means the same otherwise', () => {
    const part = fc.oneof(
      fc.record({ text: fc.string() }),
      fc.record({ text: fc.string(), thoughtSignature: fc.constantFrom('GOOD', 'BAD') }),
      fc.record({
        thought_signature: fc.constantFrom('GOOD', 'BAD'),
        functionCall: fc.record({ name: fc.string() }),
      }),
      fc.record({ functionResponse: fc.record({ name: fc.string() }) }),
    )
    const content = fc.record({
      role: fc.constantFrom('user', 'model'),
      parts: fc.array(part, { minLength: 1, maxLength: 4 }),
    })
    fc.assert(
      fc.property(fc.array(content, { maxLength: 6 }), fc.nat(2), (contents, indent) => {
        const raw = bytes(JSON.stringify({ a: 1, contents }, null, indent))
        const out = states.without(raw, ({ data }) => data !== 'BAD')
        const good = (list: readonly OpaqueState[]) => list.filter(({ data }) => data === 'GOOD')

        expect(states.find(out).filter(({ kind }) => kind !== 'call')).toEqual(
          good(states.find(raw)),
        )
        expect(parsed(out).contents.map(texts)).toEqual(contents.map(texts))
      }),
    )
  })

  const texts = ({ parts }: { readonly parts: readonly unknown[] }) =>
    parts.map((part) => String((part as { text?: string }).text ?? '')).join('')
})
