import assert from 'node:assert/strict'
import { isGatewayError, isJsonObject, type JsonValue } from '@jackfield/core'
import type { Check, Hands, Theme } from '../check.ts'
import { openObjects, propertiesIn } from '../schema-walk.ts'

const plainData: Check = {
  id: 'options.plain-data',
  title: 'describes its options as an object, in plain JSON Schema',
  async run(hands) {
    const schema = schemaOf(hands)

    assert.equal(isJsonObject(schema) && schema['type'], 'object')
  },
}

const snakeCase: Check = {
  id: 'options.snake-case',
  title: 'writes the names of its options in snake_case',
  async run(hands) {
    const names = propertiesIn(schemaOf(hands)).map(({ name }) => name)

    assert.deepEqual(
      names.filter((name) => !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name)),
      [],
    )
  },
}

const described: Check = {
  id: 'options.described',
  title: 'describes every option',
  async run(hands) {
    const silent = propertiesIn(schemaOf(hands)).filter(({ property }) => {
      const { description } = property
      return typeof description !== 'string' || description.trim() === ''
    })

    assert.deepEqual(
      silent.map(({ path }) => path),
      [],
    )
  },
}

const closed: Check = {
  id: 'options.closed',
  title: 'refuses unknown keys in every object of its options',
  async run(hands) {
    assert.deepEqual(openObjects(schemaOf(hands)), [])
  },
}

const unknownKey: Check = {
  id: 'options.unknown-key',
  title: 'is not made from options with an unknown key',
  async run(hands) {
    const options = (good: unknown) => ({ ...Object(good), no_backend_has_this: true })

    const outcome = await hands.rig({ options }).then(
      () => 'accepted',
      (error: unknown) => (isGatewayError(error) ? error.code : String(error)),
    )

    assert.equal(outcome, 'config_invalid')
  },
}

const accepted: Check = {
  id: 'options.accepted',
  title: 'is made from the options of this test',
  async run(hands) {
    await hands.rig()
  },
}

/** The schema of the options is what configuration, editors and the reference are made of. */
export const optionsSchema: Theme = () => [
  plainData,
  snakeCase,
  described,
  closed,
  unknownKey,
  accepted,
]

/** What of the schema is data: a file or another process sees no more of it. */
function schemaOf({ subject }: Hands): JsonValue {
  return JSON.parse(JSON.stringify(subject.plugin.options)) as JsonValue
}
