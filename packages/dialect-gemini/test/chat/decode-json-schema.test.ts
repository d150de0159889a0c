import type { CallHead } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { decodeWire } from '../../src/chat/decode-request.ts'

const head: CallHead = {
  operation: 'chat',
  model: 'fake-chat',
  stream: false,
  framing: 'json',
  includeUsage: true,
}
const contents = [{ role: 'user', parts: [{ text: 'Hi' }] }]

/** As Gemini CLI 0.61 writes the schema of what it asks to choose a model. */
const written = {
  type: 'OBJECT',
  properties: { type: { type: 'STRING' }, score: { type: 'INTEGER' } },
  required: ['score'],
}
const meant = {
  type: 'object',
  properties: { type: { type: 'string' }, score: { type: 'integer' } },
  required: ['score'],
}

describe('JSON Schema whose types are those of the OpenAPI subset', () => {
  it('is read as it is meant where an answer is described', () => {
    const generationConfig = { responseMimeType: 'application/json', responseJsonSchema: written }

    const request = decodeWire({ contents, generationConfig }, head)

    expect(request.output).toEqual({ type: 'json-schema', schema: meant })
  })

  it('is read as it is meant where a function is described', () => {
    const functionDeclarations = [{ name: 'f', parametersJsonSchema: written }]

    const request = decodeWire({ contents, tools: [{ functionDeclarations }] }, head)

    expect(request.tools).toEqual([{ type: 'function', name: 'f', parameters: meant }])
  })

  it('changes nothing in a schema that is JSON Schema', () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: ['object', 'null'],
      additionalProperties: false,
      properties: { nullable: { $ref: '#/$defs/a' } },
      $defs: { a: { const: 'OBJECT', minLength: 1 } },
    }
    const functionDeclarations = [{ name: 'f', parametersJsonSchema: schema }]

    const request = decodeWire({ contents, tools: [{ functionDeclarations }] }, head)

    expect(request.tools).toEqual([{ type: 'function', name: 'f', parameters: schema }])
  })
})
