import { describe, expect, it } from 'vitest'
import { failuresOf } from './mutants/catch.ts'
import { virtualMutants } from './mutants/virtual-mutants.ts'

describe('the checks of the contract catch a backend without a provider that', () => {
  it.each(virtualMutants)('$defect', { timeout: 60_000 }, async ({ plugin, caughtBy }) => {
    const caught = await failuresOf(plugin, { options: {}, capabilities: { streaming: 'virtual' } })

    expect(caught).toEqual(caughtBy.toSorted())
  })
})
