import { isJsonObject, type JsonValue } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TextTemplate } from '../../src/index.ts'

const said = (event: JsonValue | undefined) => (isJsonObject(event) ? event['say'] : undefined)
const event = (say: string, rest: object = {}) =>
  JSON.stringify({ id: 'e-1', say, index: 0, ...rest })

function learned(text = 'one'): TextTemplate {
  const template = new TextTemplate(said)
  expect(template.learn(event(text), text)).toBe(true)
  return template
}

describe('a template', () => {
  it('reads nothing before it has learned', () => {
    expect(new TextTemplate(said).read(event('one'))).toBeUndefined()
  })

  it('reads any text that stands where the learned one stood', () => {
    const template = learned()
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('"', '\\', '\\"', '","say":"'),
    )

    fc.assert(
      fc.property(text, (value) => {
        expect(template.read(event(value))).toBe(value)
      }),
    )
  })

  it('reads escapes that JSON.stringify does not write', () => {
    expect(learned().read('{"id":"e-1","say":"\\u0041\\/","index":0}')).toBe('A/')
  })

  it('leaves every other event to the decoder', () => {
    const others = [
      event('two', { index: 1 }),
      event('two', { id: 'e-2' }),
      event('two', { more: true }),
      '{"id":"e-1","say":"two","and":"more","index":0}',
      '{"id":"e-1","say":"tw"o","index":0}',
      '{"id":"e-1","say":"two\\","index":0}',
      '{"id":"e-1","say":"a\nb","index":0}',
      '{"id":"e-1","say":"',
      '',
    ]

    for (const other of others) expect(learned().read(other), other).toBeUndefined()
  })

  it('does not learn where the text stands twice, or elsewhere in its words', () => {
    const template = new TextTemplate(said)

    expect(template.learn(event('e-1'), 'e-1')).toBe(false)
    expect(template.learn('{"id":"one","say":"\\u006fne"}', 'one')).toBe(false)
    expect(template.learn(event(''), '')).toBe(false)
  })

  it('stops learning from a stream in which every event is another', () => {
    const template = new TextTemplate(said)
    const lessons = Array.from({ length: 50 }, (_, index) =>
      template.learn(event('one', { index }), 'one'),
    )

    expect(lessons.filter(Boolean)).toHaveLength(4)
  })

  it('learns on as long as lessons pay', () => {
    const template = new TextTemplate(said)
    for (let index = 0; index < 20; index += 1) {
      expect(template.learn(event('one', { index }), 'one')).toBe(true)
      for (let reads = 0; reads < 8; reads += 1) {
        expect(template.read(event(`two ${reads}`, { index }))).toBe(`two ${reads}`)
      }
    }
  })
})
