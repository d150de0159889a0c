import type { RequestEdit } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gemini } from '../../src/index.ts'
import { bytes, json, parsed, textOf } from '../support/bytes.ts'
import { headOf, input, minimal } from '../support/requests.ts'

const edited = (text: string, edit: RequestEdit, options = {}) => {
  const raw = bytes(text)
  return textOf(gemini.editRequest(raw, gemini.head(input(raw, options)), edit))
}

const contents = '"contents": [ {"parts":[{"text":"h\\u00e9llo /cmd x"}]} ]'

describe('editing a forwarded request', () => {
  it('gives the same array back when nothing changes', () => {
    const raw = json({ ...minimal, generationConfig: { temperature: 1 } })
    const head = gemini.head(input(raw))

    expect(gemini.editRequest(raw, head, {})).toBe(raw)
    expect(gemini.editRequest(raw, head, { model: 'other' })).toBe(raw)
    expect(gemini.editRequest(raw, head, { overrides: { temperature: 1 } })).toBe(raw)
    expect(gemini.editRequest(raw, head, { defaults: { temperature: 0 } })).toBe(raw)
    expect(gemini.editRequest(raw, head, { overrides: { verbosity: 'low' } })).toBe(raw)
    expect(
      gemini.editRequest(json(minimal), headOf(minimal), { overrides: { verbosity: 'low' } }),
    ).toEqual(json(minimal))
  })

  it('puts parameters into a config that is not there yet', () => {
    expect(edited(`{${contents}}`, { overrides: { temperature: 0.5, maxOutputTokens: 9 } })).toBe(
      `{${contents},"generationConfig":{"temperature":0.5,"maxOutputTokens":9}}`,
    )
    expect(edited(`{${contents}, "generationConfig": null}`, { defaults: { topK: 3 } })).toBe(
      `{${contents}, "generationConfig": {"topK":3}}`,
    )
  })

  it('keeps every other byte of a config, and its spelling', () => {
    const config = '{ "top_p" : 0.10 , "stop_sequences":["x"],"top_k": 4}'

    expect(
      edited(`{"generation_config" : ${config}, ${contents}}`, {
        overrides: { topP: 0.9, temperature: 0 },
        defaults: { topK: 7 },
      }),
    ).toBe(
      `{"generation_config" : { "top_p" : 0.9 , "stop_sequences":["x"],"top_k": 4,"temperature":0}, ${contents}}`,
    )
  })

  it.each<[string, string, string]>([
    ['gemini-3-pro', '{}', '{"thinkingLevel":"HIGH"}'],
    ['gemini-2.5-flash', '{}', '{"thinkingBudget":24576}'],
    [
      'gemini-3-pro',
      '{"includeThoughts":true,"thinkingBudget":5}',
      '{"includeThoughts":true,"thinkingLevel":"HIGH"}',
    ],
    [
      'gemini-3-pro',
      '{"include_thoughts":true,"thinking_level":"low"}',
      '{"include_thoughts":true,"thinkingLevel":"HIGH"}',
    ],
  ])('asks %s to think instead of %s', (model, before, after) => {
    const body = `{${contents},"generationConfig":{"thinkingConfig":${before}}}`
    const edit = { model, overrides: { reasoningEffort: 'high' } } as const

    expect(edited(body, edit)).toBe(`{${contents},"generationConfig":{"thinkingConfig":${after}}}`)
  })

  it('asks nobody to think who cannot, or who was asked by the client', () => {
    const body = `{${contents},"generationConfig":{"thinking_config":{"thinking_budget":5}}}`

    expect(
      edited(`{${contents}}`, { model: 'gemma-3', overrides: { reasoningEffort: 'high' } }),
    ).toBe(`{${contents}}`)
    expect(edited(body, { defaults: { reasoningEffort: 'high' } })).toBe(body)
  })

  it('renames the model where bodies name it', () => {
    const batch = `{"requests":[{"model":"models/a","content":{}},{"model": "models/a"}]}`
    const count = `{"generateContentRequest":{"model":"models/a",${contents}}}`
    const embed = { operation: 'embeddings', path: '/v1/models/a:batchEmbedContents' }
    const tokens = { operation: 'count-tokens', path: '/v1/models/a:countTokens' }

    expect(edited(batch, { model: 'b' }, embed)).toBe(batch.replaceAll('models/a', 'models/b'))
    expect(edited(count, { model: 'tunedModels/b' }, tokens)).toBe(
      count.replace('models/a', 'tunedModels/b'),
    )
    expect(edited(`{"model":"a",${contents}}`, { model: 'b' })).toBe(`{"model":"b",${contents}}`)
  })

  it('leaves opaque bytes alone, but for a model that they name', () => {
    const opaque = (text: string) =>
      edited(text, { model: 'b' }, { operation: 'opaque', path: '/v1/cachedContents' })

    expect(opaque('{"model": "models/a","contents":5}')).toBe('{"model": "models/b","contents":5}')
    expect(opaque('no json')).toBe('no json')
  })

  it('applies the backend’s patches last', () => {
    const edit: RequestEdit = {
      overrides: { temperature: 1 },
      patches: [
        { set: 'generationConfig', value: { topK: 1 } },
        { remove: 'labels' },
        { rename: 'safetySettings', to: 'safety' },
      ],
    }

    expect(
      JSON.parse(edited(`{${contents},"labels":{"a":"b"},"safetySettings":[]}`, edit)),
    ).toMatchObject({ generationConfig: { topK: 1 }, safety: [] })
  })

  it('cuts a command out of a text and leaves its escapes', () => {
    const edit = { conversation: [{ message: 0, text: 0, start: 6, end: 10, insert: '"' }] }

    expect(edited(`{${contents}}`, edit)).toBe(`{${contents.replace('/cmd', '\\"')}}`)
  })

  it('refuses a config with a key twice, of which nobody knows which one counts', () => {
    const body = `{${contents},"generationConfig":{"topP":1,"topP":0}}`

    expect(() => edited(body, { overrides: { topP: 0.5 } })).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    )
  })

  it('sets what it is told and nothing else, whatever the body', () => {
    const config = fc.dictionary(fc.constantFrom('topP', 'top_p', 'seed', 'x y', 'topK'), fc.nat())
    fc.assert(
      fc.property(fc.option(config), fc.double({ noNaN: true, min: 0, max: 1 }), (own, topP) => {
        const body = own === null ? minimal : { ...minimal, generationConfig: own }
        const raw = json(body)
        const out = parsed(gemini.editRequest(raw, headOf(body), { overrides: { topP } }))
        const name = own !== null && 'top_p' in own && !('topP' in own) ? 'top_p' : 'topP'

        expect(out).toEqual({ ...body, generationConfig: { ...own, [name]: topP } })
      }),
    )
  })
})
