import type { GeminiRuleId } from '../../../src/fake/gemini/check-request.ts'
import { type Body, call, goodRequest, hi, model, response, signed, user } from './good-request.ts'

const config = (members: Body): Body => ({
  generationConfig: { ...(goodRequest['generationConfig'] as Body), ...members },
})
const say = (...contents: unknown[]): Body => ({ contents })
const part = (value: Body): Body => say(user({ text: 'x' }, value))
const told = (value: Body): Body => say(hi, model(value), hi)
const declare = (...functionDeclarations: unknown[]): Body => ({
  tools: [{ functionDeclarations }],
})
const takes = (parameters: unknown): Body => declare({ name: 'f', parameters })
const tool = (value: unknown): Body => ({ tools: [value] })
const modes = (functionCallingConfig: Body): Body => ({ toolConfig: { functionCallingConfig } })

/** Per rule of a generation: members that replace those of the good request, and nothing else that is wrong. */
export const generateMutants: Readonly<Record<string, readonly Body[]>> = {
  contents: [{ contents: undefined }, { contents: [] }, { contents: 'Hi' }],
  'content-role': [say({ ...hi, role: 'assistant' }), say({ ...hi, role: 'system' })],
  'content-parts': [say({ role: 'user' }), say(user()), say({ role: 'user', parts: 'Hi' })],
  'system-instruction': [
    { systemInstruction: 'Be brief.' },
    { systemInstruction: { parts: [] } },
    { systemInstruction: user({ inlineData: { mimeType: 'image/png', data: 'AAAA' } }) },
  ],
  'calls-follow-user': [
    say(model(signed(call())), user(response())),
    say(model({ text: 'x' }), model(signed(call())), user(response())),
  ],
  'calls-are-answered': [
    say(hi, model(signed(call()))),
    say(hi, model(signed(call())), hi),
    say(hi, model(signed(call()), call()), user(response())),
    say(hi, model(signed(call())), user(response(), response())),
  ],
  'responses-follow-calls': [
    say(user(response())),
    say(hi, model({ text: 'x' }), user(response())),
    say(hi, model(signed(call())), user(response()), user(response())),
  ],
  'responses-name-their-calls': [
    say(hi, model(signed(call())), user({ functionResponse: { name: 'g', response: {} } })),
    say(hi, model(signed(call({}, 'a'))), user(response({}, 'b'))),
  ],
  'one-datum': [
    part({}),
    part({ thought: true }),
    part({ text: 'a', inlineData: { mimeType: 'image/png', data: 'AAAA' } }),
  ],
  'text-part': [part({ text: 7 }), part({ text: { value: 'x' } })],
  'inline-data': [
    part({ inlineData: { data: 'AAAA' } }),
    part({ inlineData: { mimeType: 'image/png', data: 'data:image/png;base64,AAAA' } }),
    part({ inlineData: { mimeType: 'png', data: 'AAAA' } }),
  ],
  'file-data': [part({ fileData: { mimeType: 'image/png' } }), part({ fileData: 'https://a' })],
  'function-call': [
    say(hi, model(signed({ functionCall: { args: {} } })), user(response())),
    say(hi, model(signed({ functionCall: { name: 'f', args: '{}' } })), user(response())),
    say(hi, model(signed(call({}, ''))), user(response())),
    say(
      hi,
      model(signed({ functionCall: { name: 'a b' } })),
      user({ functionResponse: { name: 'a b', response: {} } }),
    ),
  ],
  'function-response': [
    say(hi, model(signed(call())), user(response('sun'))),
    say(hi, model(signed(call())), user(response(['sun']))),
    say(hi, model(signed(call())), user(response(null))),
    say(
      hi,
      model(signed(call())),
      user({ functionResponse: { name: 'f', response: {}, parts: [{}] } }),
    ),
    say(
      hi,
      model(signed(call())),
      user({ functionResponse: { name: 'f', response: {}, scheduling: 'NOW' } }),
    ),
  ],
  'executable-code': [told({ executableCode: { language: 'RUBY', code: '1' } })],
  'code-execution-result': [told({ codeExecutionResult: { outcome: 'OK' } })],
  'tool-call': [told({ toolCall: { id: 'x', toolType: 'SEARCH' } })],
  'tool-response': [told({ toolResponse: { toolType: 'FILE_SEARCH' } })],
  'audio-transcription': [part({ audioTranscription: 'x' })],
  thought: [told({ text: 'x', thought: 'yes' })],
  'thought-signature-form': [told({ text: 'x', thoughtSignature: '***' })],
  'video-metadata': [part({ text: 'x', videoMetadata: { startOffset: 3 } })],
  'part-media-resolution': [part({ text: 'x', mediaResolution: {} })],
  'part-metadata': [part({ text: 'x', partMetadata: 'x' })],
  'part-role': [say(hi, user(call()), hi), say(hi, model(signed(call())), model(response()))],
  tools: [{ tools: 'search' }, { tools: ['search'] }],
  'tool-says-something': [tool({}), tool({ googleSearch: null })],
  'function-declarations': [
    declare({ description: 'x' }),
    declare({ name: '1f' }),
    declare({ name: 'f', parametersJsonSchema: '{}' }),
    declare({ name: 'f', behavior: 'LATER' }),
    tool({ functionDeclarations: { name: 'f' } }),
  ],
  'one-parameters-form': [
    declare({ name: 'f', parameters: { type: 'OBJECT' }, parametersJsonSchema: {} }),
  ],
  'parameter-names': [
    takes({ type: 'OBJECT', properties: { 'a b': { type: 'STRING' } } }),
    declare({ name: 'f', parametersJsonSchema: { properties: { ['k'.repeat(65)]: {} } } }),
  ],
  'function-schemas': [
    takes({ type: 'any' }),
    takes({ type: ['string', 'null'] }),
    takes({ type: 'OBJECT', properties: { a: { type: 'STRING', format: 'uri' } } }),
    takes({ type: 'OBJECT', properties: { a: { type: 'INTEGER', enum: [1] } } }),
    takes({ type: 'ARRAY', items: { anyOf: [{ minimum: '1' }] } }),
    declare({ name: 'f', response: { required: 'a' } }),
  ],
  'built-in-tools': [
    tool({ googleSearch: true }),
    tool({ fileSearch: {} }),
    tool({ codeExecution: 'python' }),
    tool({ mcpServers: [{ name: 'x' }] }),
  ],
  'mixed-tools': [
    { tools: [{ googleSearch: {} }, { functionDeclarations: [{ name: 'f' }] }] },
    { tools: [{ codeExecution: {}, functionDeclarations: [{ name: 'f' }] }] },
  ],
  'tool-config': [
    modes({ mode: 'any' }),
    { toolConfig: { functionCallingConfig: 'ANY' } },
    { toolConfig: { includeServerSideToolInvocations: 1 } },
    { toolConfig: { retrievalConfig: { latLng: { latitude: 91 } } } },
  ],
  'allowed-names-need-mode': [
    modes({ mode: 'AUTO', allowedFunctionNames: ['f'] }),
    modes({ allowedFunctionNames: ['f'] }),
    modes({ mode: 'NONE', allowedFunctionNames: [] }),
  ],
  'generation-config': [{ generationConfig: [] }],
  temperature: [config({ temperature: 2.1 }), config({ temperature: '1' })],
  'top-p': [config({ topP: 1.1 })],
  'top-k': [config({ topK: 0 })],
  'candidate-count': [config({ candidateCount: 0 })],
  'max-output-tokens': [config({ maxOutputTokens: 0 }), config({ maxOutputTokens: 1.5 })],
  'stop-sequences': [
    config({ stopSequences: ['a', 'b', 'c', 'd', 'e', 'f'] }),
    config({ stopSequences: 'a' }),
    config({ stopSequences: [''] }),
  ],
  'response-mime-type': [
    config({ responseMimeType: 'application/xml', responseJsonSchema: undefined }),
  ],
  'response-schema': [config({ responseSchema: { type: 'text' }, responseJsonSchema: undefined })],
  'response-json-schema': [config({ responseJsonSchema: '{}' })],
  'response-schema-needs-type': [
    config({ responseMimeType: undefined }),
    config({ responseMimeType: 'text/x.enum' }),
    config({ responseMimeType: 'text/plain', responseSchema: {}, responseJsonSchema: undefined }),
  ],
  'one-response-schema': [config({ responseSchema: { type: 'OBJECT' } })],
  'presence-penalty': [config({ presencePenalty: '1' })],
  'frequency-penalty': [config({ frequencyPenalty: true })],
  seed: [config({ seed: 0.5 }), config({ seed: 2 ** 31 })],
  'response-logprobs': [config({ responseLogprobs: 5 })],
  logprobs: [config({ logprobs: true })],
  'response-modalities': [config({ responseModalities: ['text'] })],
  'speech-config': [config({ speechConfig: 'alloy' })],
  'image-config': [config({ imageConfig: '1:1' })],
  'media-resolution': [config({ mediaResolution: 'LOW' })],
  'civic-answers': [config({ enableEnhancedCivicAnswers: 1 })],
  'audio-transcription-config': [config({ audioTranscriptionConfig: true })],
  'response-format': [config({ responseFormat: 'json' })],
  'thinking-config': [
    config({ thinkingConfig: { thinkingLevel: 'max' } }),
    config({ thinkingConfig: { thinkingBudget: -2 } }),
    config({ thinkingConfig: { includeThoughts: 1 } }),
  ],
  'thinking-budget-or-level': [
    config({ thinkingConfig: { thinkingBudget: 0, thinkingLevel: 'LOW' } }),
  ],
  'safety-settings': [
    { safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT' }] },
    { safetySettings: [{ category: 'HARASSMENT', threshold: 'OFF' }] },
    { safetySettings: {} },
  ],
  'cached-content': [
    { cachedContent: 'x', systemInstruction: undefined, tools: undefined, toolConfig: undefined },
  ],
  'cached-content-alone': [
    { cachedContent: 'cachedContents/a', tools: undefined, toolConfig: undefined },
    { cachedContent: 'cachedContents/a', systemInstruction: undefined, toolConfig: undefined },
    { cachedContent: 'cachedContents/a', systemInstruction: undefined, tools: undefined },
  ],
  'service-tier': [{ serviceTier: 'FLEX' }],
  store: [{ store: 'yes' }],
  'continuation-token': [{ continuationToken: 1 }],
  'thought-signature': [
    told({ text: 'x', thoughtSignature: 'AAAA' }),
    told({ ...signed({ text: 'x' }), text: 'y' }),
    say(user(signed({ text: 'x' }))),
    say(hi, model({ ...signed(call()), ...call({ a: 1 }) }), user(response())),
  ],
  'thought-signature-required': [
    say(hi, model(call()), user(response())),
    say(hi, model(call(), signed(call())), user(response(), response())),
    say(hi, model(call()), model(signed(call())), user(response(), response())),
    say(hi, model(signed(call())), user(response()), model(call({ a: 1 })), user(response())),
  ],
}

/** These make the mutant break a second rule, which has to be off for the first one to be seen alone. */
export const companions: Readonly<Record<string, readonly GeminiRuleId[]>> = {
  'function-call': ['function-response', 'responses-name-their-calls'],
  'part-role': ['calls-are-answered', 'responses-follow-calls', 'calls-follow-user'],
  'thought-signature-form': ['thought-signature'],
}

export const goodCount: Body = {
  generateContentRequest: { model: 'models/fake-chat', contents: [hi], tools: [] },
}
export const countMutants: Readonly<Record<string, readonly Body[]>> = {
  'count-one-form': [{ contents: [hi] }],
  'count-request': [
    { generateContentRequest: { contents: [hi] } },
    { generateContentRequest: { model: 'fake-chat', contents: [hi] } },
  ],
}

const embedContent = { parts: [{ text: 'a' }] }
export const goodEmbed: Body = {
  model: 'models/fake-embed',
  content: embedContent,
  taskType: 'CLUSTERING',
  title: 't',
  outputDimensionality: 3,
}
export const embedMutants: Readonly<Record<string, readonly Body[]>> = {
  'embed-model': [{ model: 'fake-embed' }],
  'embed-content': [{ content: undefined }, { content: 'a' }, { content: { parts: [] } }],
  'embed-task-type': [{ taskType: 'query' }],
  'embed-title': [{ title: 1 }],
  'embed-dimensions': [{ outputDimensionality: 0 }],
}

export const goodBatch: Body = { requests: [goodEmbed, { ...goodEmbed, title: 'u' }] }
export const batchMutants: Readonly<Record<string, readonly Body[]>> = {
  'batch-requests': [
    { requests: undefined },
    { requests: [] },
    { requests: Array.from({ length: 101 }, () => goodEmbed) },
  ],
  'batch-models': [{ requests: [goodEmbed, { content: embedContent }] }],
  'batch-inputs': [
    { requests: [{ ...goodEmbed, taskType: 'query' }] },
    { requests: [{ ...goodEmbed, content: { parts: [{}] } }] },
  ],
}
