import { expect, it } from 'vitest'
import { describedSchema } from '../src/index.ts'

const schema = { type: 'object' }

it('puts the description of a form into its schema, unless it has one of its own', () => {
  expect(describedSchema({ schema })).toBe(schema)
  expect(describedSchema({ schema, description: 'a' })).toEqual({ ...schema, description: 'a' })
  expect(describedSchema({ schema: { description: 'own' }, description: 'a' })).toEqual({
    description: 'own',
  })
})
