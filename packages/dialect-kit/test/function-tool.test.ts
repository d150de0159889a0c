import { describe, expect, it } from 'vitest'
import { readFunctionTool } from '../src/index.ts'

const path = { key: 'tools' }

describe('a function', () => {
  it('is told with what is said of it, and nothing else', () => {
    const body = {
      name: 'f',
      description: 'd',
      parameters: { type: 'object' },
      strict: false,
      x: 1,
    }

    expect(readFunctionTool(body, path)).toEqual({
      type: 'function',
      name: 'f',
      description: 'd',
      parameters: { type: 'object' },
      strict: false,
    })
    expect(readFunctionTool({ name: 'f', description: null, strict: null }, path)).toEqual({
      type: 'function',
      name: 'f',
    })
  })

  it('has its schema where its protocol puts it', () => {
    const body = { name: 'f', parameters: { a: 1 }, input_schema: { b: 2 } }

    expect(readFunctionTool(body, path, 'input_schema').parameters).toEqual({ b: 2 })
  })

  it.each([
    [{}, 'tools.name'],
    [{ name: 'f', description: 1 }, 'tools.description'],
    [{ name: 'f', parameters: [] }, 'tools.parameters'],
    [{ name: 'f', strict: 'yes' }, 'tools.strict'],
  ])('%j is refused by name', (body, param) => {
    expect(() => readFunctionTool(body, path)).toThrow(
      expect.objectContaining({ code: 'invalid_request', param }),
    )
  })
})
