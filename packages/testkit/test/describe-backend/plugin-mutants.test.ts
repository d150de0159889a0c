import { describe, expect, it } from 'vitest'
import { catchersOf } from './mutants/catch.ts'
import { pluginMutants } from './mutants/plugin-mutants.ts'

describe('the checks of the contract catch a plugin that', () => {
  it.each(pluginMutants)('$defect', { timeout: 60_000 }, async (mutant) => {
    expect(await catchersOf(mutant, 'forward-stream')).toEqual(mutant.caughtBy.toSorted())
  })
})
