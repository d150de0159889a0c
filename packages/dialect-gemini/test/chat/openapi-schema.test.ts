import type { JsonObject, JsonValue } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openApiSchema } from '../../src/chat/openapi-schema.ts'

/** Keywords that are no error on the surface of the subset (protocol reference 4.2). */
const legal = new Set([
  ...[
    'type',
    'format',
    'title',
    'description',
    'nullable',
    'enum',
    'items',
    'minItems',
    'maxItems',
  ],
  ...['properties', 'required', 'propertyOrdering', 'minimum', 'maximum', 'minLength', 'maxLength'],
  ...['pattern', 'anyOf', 'example', 'minProperties', 'maxProperties', 'default'],
])

function illegal(schema: JsonValue, path = '#'): readonly string[] {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema))
    return [`${path} is no schema`]
  const { properties = {}, items, anyOf = [], ...rest } = schema as JsonObject
  const types = new Set(['STRING', 'NUMBER', 'INTEGER', 'BOOLEAN', 'ARRAY', 'OBJECT', undefined])
  return [
    ...Object.keys(rest)
      .filter((key) => !legal.has(key))
      .map((key) => `${path}/${key}`),
    ...(types.has(rest['type'] as string | undefined) ? [] : [`${path}/type`]),
    ...(rest['enum'] !== undefined && rest['type'] !== 'STRING' ? [`${path}/enum`] : []),
    ...(rest['type'] === 'ARRAY' && items === undefined ? [`${path}/items`] : []),
    ...Object.entries(properties as JsonObject).flatMap(([key, value]) =>
      illegal(value, `${path}/${key}`),
    ),
    ...(items === undefined ? [] : illegal(items, `${path}/items`)),
    ...(anyOf as readonly JsonValue[]).flatMap((value, index) =>
      illegal(value, `${path}/${index}`),
    ),
  ]
}

describe('a schema of the OpenAPI subset', () => {
  it.each<[string, JsonObject, JsonObject]>([
    ['a constant', { const: 'a' }, { type: 'STRING', enum: ['a'] }],
    [
      'a number that is constant',
      { const: 5, description: 'd' },
      { type: 'NUMBER', description: 'd One of: 5.' },
    ],
    [
      'an enum of numbers',
      { type: 'integer', enum: [1, 2] },
      { type: 'INTEGER', description: 'One of: 1, 2.' },
    ],
    [
      'an enum with null',
      { type: ['string', 'null'], enum: ['a', null] },
      { type: 'STRING', enum: ['a'], nullable: true },
    ],
    [
      'a type with null',
      { type: ['number', 'null'], minimum: 0 },
      { type: 'NUMBER', minimum: 0, nullable: true },
    ],
    [
      'several types',
      { type: ['string', 'number'], description: 'd' },
      { description: 'd', anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }] },
    ],
    [
      'one of',
      { oneOf: [{ type: 'string' }, { type: 'number' }] },
      { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }] },
    ],
    [
      'one or null',
      { anyOf: [{ type: 'string' }, { type: 'null' }], description: 'd' },
      { type: 'STRING', description: 'd', nullable: true },
    ],
    [
      'all of',
      {
        allOf: [
          { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
          { properties: { b: { type: 'number' } }, required: ['b'] },
        ],
      },
      {
        type: 'OBJECT',
        properties: { a: { type: 'STRING' }, b: { type: 'NUMBER' } },
        required: ['a', 'b'],
      },
    ],
    [
      'keywords that are unknown',
      {
        type: 'object',
        $schema: 'x',
        additionalProperties: false,
        patternProperties: {},
        properties: { a: { type: 'string', contentEncoding: 'x' } },
      },
      { type: 'OBJECT', properties: { a: { type: 'STRING' } } },
    ],
    [
      'formats',
      {
        type: 'object',
        properties: {
          a: { type: 'string', format: 'uri' },
          b: { type: 'string', format: 'date-time' },
          c: { type: 'integer', format: 'int64' },
        },
      },
      {
        type: 'OBJECT',
        properties: {
          a: { type: 'STRING' },
          b: { type: 'STRING', format: 'date-time' },
          c: { type: 'INTEGER', format: 'int64' },
        },
      },
    ],
    [
      'exclusive bounds',
      { type: 'integer', exclusiveMinimum: 0, exclusiveMaximum: 9.5 },
      { type: 'INTEGER', minimum: 1, maximum: 9 },
    ],
    ['a list without elements', { type: 'array' }, { type: 'ARRAY', items: { type: 'STRING' } }],
    [
      'a tuple',
      { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }] },
      { type: 'ARRAY', items: { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }] } },
    ],
    [
      'required names that are not there',
      { type: 'object', properties: { a: true, b: false }, required: ['a', 'c'] },
      { type: 'OBJECT', properties: { a: {} }, required: ['a'] },
    ],
    [
      'no type',
      { properties: { a: { items: { type: 'string' } } } },
      { type: 'OBJECT', properties: { a: { type: 'ARRAY', items: { type: 'STRING' } } } },
    ],
    ['examples', { type: 'string', examples: ['a', 'b'] }, { type: 'STRING', example: 'a' }],
  ])('says %s', (_, schema, expected) => {
    expect(openApiSchema(schema)).toEqual(expected)
  })

  it('has references inlined, whatever they point at', () => {
    const schema = {
      type: 'object',
      properties: {
        a: { $ref: '#/$defs/a~1b', description: 'mine' },
        b: { $ref: '#/properties/c' },
        c: { type: 'number' },
        d: { $ref: '#/nowhere' },
      },
      $defs: { 'a/b': { type: 'string', description: 'theirs' } },
    }

    expect(openApiSchema(schema)).toEqual({
      type: 'OBJECT',
      properties: {
        a: { type: 'STRING', description: 'mine' },
        b: { type: 'NUMBER' },
        c: { type: 'NUMBER' },
        d: { type: 'OBJECT' },
      },
    })
  })

  it('is cut where it meets itself', () => {
    const tree = {
      type: 'object',
      properties: { child: { $ref: '#' }, all: { allOf: [{ $ref: '#/$defs/n' }] } },
      $defs: { n: { allOf: [{ $ref: '#/$defs/n' }], type: 'object' } },
    }

    expect(openApiSchema(tree)).toMatchObject({
      type: 'OBJECT',
      properties: {
        child: { type: 'OBJECT', properties: { child: { type: 'OBJECT' } } },
        all: { type: 'OBJECT' },
      },
    })
  })

  it('stays small where references multiply', () => {
    const names = Array.from({ length: 12 }, (_, index) => `d${index}`)
    const $defs = Object.fromEntries(
      names.map((name, index) => [
        name,
        {
          type: 'object',
          properties: Object.fromEntries(
            names.slice(index + 1).flatMap((next) => [
              [next, { $ref: `#/$defs/${next}` }],
              [`${next}x`, { $ref: `#/$defs/${next}` }],
            ]),
          ),
        },
      ]),
    )

    expect(JSON.stringify(openApiSchema({ $ref: '#/$defs/d0', $defs })).length).toBeLessThan(
      500_000,
    )
  })

  it('is legal, whatever the schema', () => {
    const leaf = fc.constantFrom<JsonObject>(
      { type: 'string' },
      { const: 1 },
      { const: null },
      { enum: [1, 'a', null] },
      { $ref: '#/$defs/x' },
      { $ref: '#' },
      { type: 'null' },
      {},
      { type: ['array', 'null'] },
    )
    const { schema } = fc.letrec<{ schema: JsonObject }>((tie) => ({
      schema: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        leaf,
        fc.record({ anyOf: fc.array(tie('schema'), { maxLength: 3 }), description: fc.string() }),
        fc.record({
          oneOf: fc.array(tie('schema'), { maxLength: 3 }),
          type: fc.constant('object'),
        }),
        fc.record({ allOf: fc.array(tie('schema'), { maxLength: 3 }) }),
        fc.record({ type: fc.constant('array'), items: tie('schema') }),
        fc.record({
          type: fc.constant('object'),
          properties: fc.dictionary(fc.string(), tie('schema'), { maxKeys: 3 }),
          required: fc.constant(['a']),
          additionalProperties: tie('schema'),
        }),
      ),
    }))
    fc.assert(
      fc.property(schema, schema, (root, x) => {
        expect(illegal(openApiSchema({ ...root, $defs: { x } }))).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    [
      'references that take turns inside allOf and oneOf',
      {
        allOf: [{ $ref: '#/$defs/x' }],
        $defs: {
          x: { oneOf: [{ allOf: [{ $ref: '#/$defs/x' }, { $ref: '#' }], properties: {} }] },
        },
      },
    ],
    ['nothing but nesting', nested(5_000)],
  ])('ends, and stays legal, for %s', (_, schema) => {
    expect(JSON.stringify(openApiSchema(schema as JsonObject))).toContain('"type"')
  })
})

function nested(depth: number): object {
  let schema: object = { type: 'string' }
  for (let at = 0; at < depth; at += 1) schema = { allOf: [schema], anyOf: [schema] }
  return schema
}
