import { expect, it } from 'vitest'
import { exampleModel } from '../../src/example-model.ts'
import { loadTestConfig } from '../end-to-end/harness.ts'

const listed = [
  { id: 'text-embedding-3', ownedBy: 'first', created: 1 },
  { id: 'gpt', ownedBy: 'first', created: 1 },
  { id: 'claude', ownedBy: 'second', created: 1 },
]

it.each([
  ['second', 'claude'],
  ['first:gpt|second:claude', 'first:gpt|second:claude'],
  ['safe', 'safe'],
])('a model to paste is one that the default %s serves', async (chosen, model) => {
  const config = await loadTestConfig(`
backends: { first: { type: echo }, second: { type: echo } }
default_backend: ${chosen}
failover_routes: { safe: { elements: ['first:gpt'] } }
`)

  expect(await exampleModel({ models: async () => listed }, config)).toBe(model)
})
