import { scanDocument } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { costOf, namesIn, valueIn } from '../../src/index.ts'
import { bytes } from '../support/pieces.ts'

const scan = (text: string) => scanDocument(bytes(text))

describe('a whole answer', () => {
  it('is parsed where it is asked', () => {
    const document = scan('{"a":{"b":[1,null]},"c":null}')

    expect(valueIn(document, 'a')).toEqual({ b: [1, null] })
    expect(valueIn(document, 'c')).toBeNull()
    expect(valueIn(document, 'd')).toBeUndefined()
  })

  it('has a name and a model, by whatever members', () => {
    expect(namesIn(scan('{"id":"i","model":"m"}'))).toEqual({ responseId: 'i', model: 'm' })
    expect(
      namesIn(scan('{"id":"i","answerId":"a","modelVersion":"v"}'), {
        id: 'answerId',
        model: 'modelVersion',
      }),
    ).toEqual({ responseId: 'a', model: 'v' })
  })

  it.each(['{}', '{"id":"","model":""}', '{"id":1,"model":null}'])('has no names: %s', (text) => {
    expect(namesIn(scan(text))).toEqual({})
  })
})

describe('what an answer cost', () => {
  const content = scan('{"a":"12345678"}').get('a')

  it('is what it tells', () => {
    expect(costOf({ outputTokens: 7 }, content)).toEqual({ usage: { outputTokens: 7 } })
  })

  it('is estimated where it tells nothing, as one token at least', () => {
    expect(costOf(undefined, content)).toEqual({ estimate: { outputTokens: 3 } })
    expect(costOf(undefined, scan('{"a":0}').get('a'))).toEqual({ estimate: { outputTokens: 1 } })
  })

  it('is unknown where there is no content', () => {
    expect(costOf(undefined, undefined)).toEqual({})
  })
})
