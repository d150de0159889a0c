import { describe, expect, it } from 'vitest'
import { catchersOf } from './mutants/catch.ts'
import { requestMutants } from './mutants/request-mutants.ts'

describe('the checks of the contract catch a backend that', () => {
  it.each(requestMutants)('$defect', { timeout: 60_000 }, async (mutant) => {
    expect(await catchersOf(mutant, 'forward-stream')).toEqual(mutant.caughtBy.toSorted())
  })
})
