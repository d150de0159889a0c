import assert from 'node:assert/strict'
import type { Check, Theme } from '../check.ts'
import { contextFor } from '../rig/start-rig.ts'

const operations: ReadonlySet<string> = new Set([
  'chat',
  'completions',
  'embeddings',
  'count-tokens',
  'resource',
  'opaque',
])

const apiVersion: Check = {
  id: 'plugin.api-version',
  title: 'says which version of the contract it was written for',
  async run({ subject }) {
    assert.equal(subject.plugin.apiVersion, 1)
  },
}

const type: Check = {
  id: 'plugin.type',
  title: 'has a type of lower-case letters, digits and dashes',
  async run({ subject }) {
    assert.match(subject.plugin.type, /^[a-z0-9]+(-[a-z0-9]+)*$/)
  },
}

const backend: Check = {
  id: 'plugin.backend',
  title: 'makes backends that have what the host needs',
  async run(hands) {
    const made = await hands.backend(contextFor())

    assert.ok(made.operations instanceof Set, 'operations is a set')
    assert.deepEqual(
      [...made.operations].filter((operation) => !operations.has(operation)),
      [],
    )
    assert.equal(typeof made.handling, 'function')
    assert.ok(made.send !== undefined || made.chat !== undefined, 'it has send or chat')
  },
}

const targets: Check = {
  id: 'plugin.targets',
  title: 'makes backends with targets, each with an id, a name, a weight and a scope',
  async run(hands) {
    const { targets } = await hands.backend(contextFor())
    const current = targets.current()

    assert.ok(current.length > 0, 'there is a target')
    for (const { id, name, weight, stateScope } of current) {
      assert.ok(id !== '' && name !== '' && stateScope !== '', `${id} ${name} ${stateScope}`)
      assert.ok(weight > 0, `${name} has the weight ${weight}`)
    }
    assert.equal(new Set(current.map(({ id }) => id)).size, current.length, 'ids are unique')
    assert.equal(new Set(current.map(({ name }) => name)).size, current.length, 'names are unique')
  },
}

const targetChanges: Check = {
  id: 'plugin.target-changes',
  title: 'lets the host subscribe to its targets, and end that again',
  async run(hands) {
    const { targets } = await hands.backend(contextFor())

    const end = targets.subscribe(() => {})
    end()

    assert.ok(['none', 'soft'].includes(targets.defaults.affinity))
    assert.notEqual(targets.defaults.strategy, '')
  },
}

/** What a plugin and its backends are. */
export const plugin: Theme = () => [apiVersion, type, backend, targets, targetChanges]
