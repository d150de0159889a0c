import { expect, it } from 'vitest'
import { ExpectedAnswer } from '../../src/load/expected-answer.ts'
import { anthropicClient, anthropicUpstream } from '../../src/workload/protocols/anthropic.ts'

it('accepts a translated answer with the right text only', () => {
  const finish = (body: Buffer) => {
    const check = new ExpectedAnswer(anthropicClient, 'right')
    check.accept(body.subarray(0, 10))
    check.accept(body.subarray(10))
    check.finish()
  }

  expect(() => finish(anthropicUpstream.answer('right'))).not.toThrow()
  expect(() => finish(anthropicUpstream.answer('wrong'))).toThrow(/differs/)
  expect(() => finish(Buffer.from('{"content":'))).toThrow(/not JSON/)
})
