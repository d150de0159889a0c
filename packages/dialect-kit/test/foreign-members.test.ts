import { describe, expect, it } from 'vitest'
import { foreignMembers } from '../src/index.ts'

describe('members that only the client’s dialect knows', () => {
  it('are named, for every other dialect', () => {
    const extensions = { a: { made_up: 1, options: { x: 1 } }, b: { other: true } }

    expect(foreignMembers(extensions, 'a')).toEqual(['other'])
    expect(foreignMembers(extensions, 'b')).toEqual(['made_up', 'options'])
    expect(foreignMembers(undefined, 'a')).toEqual([])
  })

  it('have the names inside where they are configuration', () => {
    const extensions = { a: { generationConfig: { mediaResolution: 'X', speechConfig: {} } } }

    expect(foreignMembers(extensions, 'b')).toEqual(['mediaResolution', 'speechConfig'])
  })

  it('are refused where they stand for a part of the conversation', () => {
    const extensions = { a: { cachedContent: 'cachedContents/1' } }

    expect(foreignMembers(extensions, 'a')).toEqual([])
    expect(() => foreignMembers(extensions, 'b')).toThrow('Send the whole conversation.')
  })

  it('are not those that only repeat in their own words what is understood', () => {
    const include = ['reasoning.encrypted_content', 'message.output_text.logprobs']

    expect(foreignMembers({ a: { include, reasoning: { summary: 'concise' } } }, 'b')).toEqual([])
    expect(foreignMembers({ a: { include: [...include, 'other'] } }, 'b')).toEqual(['include'])
    expect(foreignMembers({ a: { reasoning: { summary: 'x', mode: 'y' } } }, 'b')).toEqual([
      'reasoning',
    ])
  })
})
