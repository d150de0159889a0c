import { describe, expect, it } from 'vitest'
import { seemsSigned } from '../../src/request/signed-steps.ts'
import { model, user } from '../support/requests.ts'

const seems = (contents: readonly unknown[], indent = 0) =>
  seemsSigned(Buffer.from(JSON.stringify({ contents }, null, indent)))
const call = { functionCall: { name: 'f', args: { a: { b: 1 } } } }
const signed = { ...call, thoughtSignature: 'S' }
const response = user({ functionResponse: { name: 'f', response: { output: 'x' } } })
const question = user({ text: 'q' })

describe('a conversation whose steps begin with signed calls', () => {
  it.each<[string, readonly unknown[]]>([
    ['has no calls', [question, model({ text: 'a' })]],
    ['signs behind the call', [question, model(signed, call), response, response]],
    ['signs in front of it', [question, model({ thoughtSignature: 'S', ...call }), response]],
    [
      'has either spelling',
      [question, model({ thought_signature: 'S', function_call: { name: 'f' } }), response],
    ],
    ['has several', [question, model(signed), response, model(signed, call), response]],
    ['is kept in chunks', [question, model(signed), model(call), response, response]],
    ['signs words too', [question, model({ text: '', thoughtSignature: 'S' }, signed), response]],
  ])('%s', (_, contents) => {
    expect(seems(contents)).toBe(true)
    expect(seems(contents, 2)).toBe(true)
  })

  it.each<[string, readonly unknown[]]>([
    ['misses one', [question, model(call), response]],
    ['misses a later one', [question, model(signed), response, model(call), response]],
    ['misses an earlier one', [question, model(call), response, model(signed), response]],
    ['has it on the second call', [question, model(call, signed), response, response]],
    ['has an empty one', [question, model({ ...call, thoughtSignature: '' }), response]],
    ['signs only words', [question, model({ text: 'a', thoughtSignature: 'S' }, call), response]],
  ])('is none where it %s', (_, contents) => {
    expect(seems(contents)).toBe(false)
    expect(seems(contents, 2)).toBe(false)
  })
})
