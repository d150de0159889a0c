import { describe, expect, it } from 'vitest'
import { answerMutants } from './mutants/answer-mutants.ts'
import { catchersOf } from './mutants/catch.ts'

describe('the checks of the contract catch a backend that', () => {
  it.each(answerMutants)('$defect', { timeout: 60_000 }, async (mutant) => {
    expect(await catchersOf(mutant, 'translate-stream')).toEqual(mutant.caughtBy.toSorted())
  })
})
