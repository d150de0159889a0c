import { describe, expect, it } from 'vitest'
import { catchersOf } from './mutants/catch.ts'
import { transportMutants } from './mutants/transport-mutants.ts'

describe('the checks of the contract catch a backend that', () => {
  it.each(transportMutants)('$defect', { timeout: 60_000 }, async (mutant) => {
    expect(await catchersOf(mutant, 'forward-stream')).toEqual(mutant.caughtBy.toSorted())
  })
})
