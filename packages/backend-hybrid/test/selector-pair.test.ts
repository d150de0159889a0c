import { parseSelector } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { readPair, refuseIncompatible } from '../src/selector-pair.ts'

const names = ['hybrid', 'a', 'b', 'vendor']
const context = {
  isBackend: (name: string) => names.includes(name),
  takesPair: (name: string) => name === 'hybrid',
}

/** The model that the host hands over for a selector. */
function modelOf(text: string): string {
  const result = parseSelector(text, context)
  if (!result.ok || result.selector.kind !== 'leaf') throw new Error(`no leaf: ${text}`)
  return result.selector.model
}

describe('the pair of models', () => {
  it.each([
    ['hybrid:[a:m1,b:m2]', 'a:m1', 'b:m2'],
    ['hybrid:[ a:m1 , b:m2 ]', 'a:m1', 'b:m2'],
    [
      'hybrid:[a:m1?temperature=0.8,b:m2?temperature=0.3&top_k=4]',
      'a:m1?temperature=0.8',
      'b:m2?temperature=0.3&top_k=4',
    ],
    ['hybrid:[a:x|b:y,a:z]', 'a:x|b:y', 'a:z'],
    ['hybrid:[a:x!b:y,[weight=2,first=1]a:z^b:w]', 'a:x!b:y', '[weight=2,first=1]a:z^b:w'],
    ['hybrid:[[max_context=9,weight=3]a:x^b:y,b:z]', '[weight=3,max_context=9]a:x^b:y', 'b:z'],
    ['hybrid:[plain,vendor/model:7b]', 'plain', 'vendor/model:7b'],
    ['hybrid:[a.two:m,b:n]', 'a.two:m', 'b:n'],
    ['hybrid:[a:x%2Cy,b:z]', 'a:x%2Cy', 'b:z'],
    ['hybrid:[a:claude[1m],b:z]', 'a:claude%5B1m%5D', 'b:z'],
    ['hybrid:[hybrid:[a:1,b:2],b:3]', 'hybrid:[a:1,b:2]', 'b:3'],
    ['hybrid:[a:1,hybrid:[a:2|b:3,b:4]?top_k=3]', 'a:1', 'hybrid:[a:2|b:3,b:4]?top_k=3'],
  ])('of %s', (text, reasoning, execution) => {
    expect(readPair(modelOf(text), 'hybrid')).toEqual({ reasoning, execution })
  })

  it.each(['', 'gpt-4o', '[a:x]', '[a:x,', '[,b:y]', '[a:x,]', 'a:x,b:y', '[a:[x,y]]'])(
    'is missed in "%s"',
    (model) => {
      expect(() => readPair(model, 'mix')).toThrow(
        expect.objectContaining({
          code: 'invalid_request',
          param: 'model',
          message: expect.stringContaining('mix:[backend:reasoning-model,backend:execution-model]'),
        }),
      )
    },
  )

  it('is found in time that grows with the text, whatever is in it', () => {
    const model = `[${'['.repeat(50_000)},b]`
    const started = performance.now()

    expect(() => readPair(model, 'hybrid')).toThrow()

    expect(performance.now() - started).toBeLessThan(200)
  })
})

describe('backends that show no reasoning', () => {
  const refused = new Set(['mute'])

  it.each(['mute:m', 'mute.key:m', 'a:x|mute:m', '[weight=2]mute:m^a:x', 'mute/m', 'a:x!mute:m'])(
    'are refused in %s',
    (reasoning) => {
      expect(() => refuseIncompatible(reasoning, refused)).toThrow(
        expect.objectContaining({ code: 'invalid_request', param: 'model' }),
      )
    },
  )

  it.each(['a:mute', 'muted:m', 'mute', 'a:x|b:mute', 'hybrid:[mute:m,a:x]'])(
    'are not seen in %s',
    (reasoning) => {
      expect(() => refuseIncompatible(reasoning, refused)).not.toThrow()
    },
  )
})
