import { createThoughtSigner } from '../../../src/fake/gemini/thought-signer.ts'

/** A body or a part of one. */
export type Body = Record<string, unknown>

/** What the strict fakes of these tests sign with. */
export const secret = 'of the tests'

const signer = createThoughtSigner(secret, '')

/** The part with the signature that the fake of {@link secret} puts on it. */
export function signed(part: Body, before = ''): Body {
  return { ...part, thoughtSignature: signer.sign(part, before) }
}

/** A call of `f`, and the response to it. */
export const call = (args: Body = {}, id?: string): Body => ({
  functionCall: { name: 'f', args, ...(id !== undefined && { id }) },
})
export const response = (value: unknown = {}, id?: string): Body => ({
  functionResponse: { name: 'f', response: value, ...(id !== undefined && { id }) },
})
export const user = (...parts: unknown[]): Body => ({ role: 'user', parts })
export const model = (...parts: unknown[]): Body => ({ role: 'model', parts })
export const hi = user({ text: 'Hi' })

const schema = {
  type: 'OBJECT',
  title: 't',
  description: 'd',
  properties: {
    city: { type: 'string', format: 'enum', enum: ['a'], nullable: true, example: 'a' },
    list: { type: 'ARRAY', items: { type: 'NUMBER', minimum: 1, maximum: 2 }, minItems: 1 },
    any_of: { anyOf: [{ type: 'STRING', pattern: 'x', minLength: 0, maxLength: 3 }] },
  },
  required: ['city'],
  propertyOrdering: ['city', 'list'],
  minProperties: 0,
  maxProperties: 3,
  default: {},
}

const declaration = {
  name: 'f',
  description: 'x',
  parameters: schema,
  response: schema,
  behavior: 'BLOCKING',
}

/** Uses nearly every field that the fake knows, so that no rule is vacuous. */
export const goodRequest: Body = {
  contents: [
    user(
      { text: '' },
      { inlineData: { mimeType: 'image/png', data: 'AAAA', displayName: 'a' } },
      {
        fileData: { mimeType: 'video/mp4', fileUri: 'https://example.com/a' },
        videoMetadata: { startOffset: '1.5s', endOffset: '3s', fps: 1 },
        mediaResolution: { level: 'MEDIA_RESOLUTION_LOW' },
        partMetadata: { any: 1 },
      },
      { audioTranscription: {} },
    ),
    model(
      { text: 'let me see', thought: true },
      signed(call({ b: 1, a: 2 }, 'c1')),
      call({}, 'c2'),
    ),
    user(
      {
        functionResponse: {
          name: 'f',
          id: 'c2',
          response: { output: 1 },
          parts: [{ inlineData: { mimeType: 'image/png', data: 'AA-_' } }],
          scheduling: 'SILENT',
        },
      },
      response({ error: 'x' }, 'c1'),
    ),
    model(
      signed({ executableCode: { language: 'PYTHON', code: '1', id: 'e' } }),
      { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1', id: 'e' } },
      signed({ toolCall: { id: 't', toolType: 'FILE_SEARCH', args: {} } }),
      signed({ toolResponse: { id: 't', toolType: 'FILE_SEARCH', response: {} } }),
      { text: 'one ' },
      { text: 'two' },
      signed({ text: '' }, 'one two'),
    ),
    { parts: [{ text: 'Again' }] },
    model(signed(call({ n: 1 }))),
    { role: 'function', parts: [response()] },
  ],
  systemInstruction: { role: 'user', parts: [{ text: 'Be brief.' }] },
  tools: [
    { functionDeclarations: [declaration, { name: '_g', parametersJsonSchema: { $ref: 1 } }] },
  ],
  toolConfig: {
    functionCallingConfig: { mode: 'VALIDATED', allowedFunctionNames: ['f'] },
    includeServerSideToolInvocations: true,
    retrievalConfig: { latLng: { latitude: 1, longitude: 2 }, languageCode: 'de' },
  },
  safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' }],
  generationConfig: {
    temperature: 2,
    topP: 0,
    topK: 1,
    candidateCount: 1,
    maxOutputTokens: 9,
    stopSequences: ['a', 'b', 'c', 'd', 'e'],
    responseMimeType: 'application/json',
    responseJsonSchema: { $defs: {}, additionalProperties: false },
    presencePenalty: -1,
    frequencyPenalty: 1,
    seed: -1,
    responseLogprobs: true,
    logprobs: 3,
    responseModalities: ['TEXT'],
    speechConfig: {},
    imageConfig: {},
    mediaResolution: 'MEDIA_RESOLUTION_LOW',
    thinkingConfig: { includeThoughts: true, thinkingLevel: 'low' },
    enableEnhancedCivicAnswers: true,
    audioTranscriptionConfig: {},
    responseFormat: {},
  },
  serviceTier: 'flex',
  store: true,
  continuationToken: 'x',
}
