/** Where a field exists: everywhere, or on one of the two services that speak this protocol. */
export type GeminiSurface = 'gemini' | 'vertex'

/** What stands in a field: a plain value (free JSON included), a message or a list of such, or a map to messages. */
export interface FieldType {
  readonly of?: MessageType
  readonly mapOf?: MessageType
  /** Other surfaces do not know the field. */
  readonly only?: GeminiSurface
}

/** The fields of one message. A function, since schemas contain schemas. */
export interface MessageType {
  readonly name: string
  fields(): Readonly<Record<string, FieldType>>
}

const value: FieldType = {}
const vertex: FieldType = { only: 'vertex' }
const publicOnly: FieldType = { only: 'gemini' }

function message(name: string, fields: Readonly<Record<string, FieldType>>): MessageType {
  return { name, fields: () => fields }
}

/** Fields without a structure that the fake looks into. */
function values(...names: readonly string[]): Readonly<Record<string, FieldType>> {
  return Object.fromEntries(names.map((name) => [name, value]))
}

/** Gemini, 4.2: the subset of OpenAPI that `parameters` and `responseSchema` take. */
export const schemaType: MessageType = {
  name: 'Schema',
  fields: () => ({
    ...values('type', 'format', 'title', 'description', 'nullable', 'enum', 'required'),
    ...values('minItems', 'maxItems', 'minimum', 'maximum', 'minLength', 'maxLength', 'pattern'),
    ...values('minProperties', 'maxProperties', 'propertyOrdering', 'example', 'default'),
    items: { of: schemaType },
    anyOf: { of: schemaType },
    properties: { mapOf: schemaType },
  }),
}

const blob: FieldType = { of: message('Blob', values('mimeType', 'data', 'displayName')) }
const fileData: FieldType = {
  of: message('FileData', values('mimeType', 'fileUri', 'displayName')),
}

const functionCall = message('FunctionCall', {
  ...values('id', 'name', 'args'),
  partialArgs: vertex,
  willContinue: vertex,
})

const functionResponse = message('FunctionResponse', {
  ...values('id', 'name', 'response', 'willContinue', 'scheduling'),
  parts: { of: message('FunctionResponsePart', { inlineData: blob, fileData }) },
})

/** Gemini, 4.3. */
const partType = message('Part', {
  ...values('text', 'audioTranscription', 'thought', 'thoughtSignature'),
  ...values('partMetadata', 'mediaProcessing', 'speechMetadata'),
  inlineData: blob,
  fileData,
  functionCall: { of: functionCall },
  functionResponse: { of: functionResponse },
  executableCode: { of: message('ExecutableCode', values('language', 'code', 'id')) },
  codeExecutionResult: { of: message('CodeExecutionResult', values('outcome', 'output', 'id')) },
  toolCall: { of: message('ToolCall', values('id', 'toolType', 'args')), only: 'gemini' },
  toolResponse: {
    of: message('ToolResponse', values('id', 'toolType', 'response')),
    only: 'gemini',
  },
  videoMetadata: { of: message('VideoMetadata', values('startOffset', 'endOffset', 'fps')) },
  mediaResolution: { of: message('PartMediaResolution', values('level')) },
})

const content: FieldType = {
  of: message('Content', { ...values('role'), parts: { of: partType } }),
}

const functionDeclaration = message('FunctionDeclaration', {
  ...values('name', 'description', 'parametersJsonSchema', 'responseJsonSchema', 'behavior'),
  parameters: { of: schemaType },
  response: { of: schemaType },
})

const toolType = message('Tool', {
  functionDeclarations: { of: functionDeclaration },
  googleSearch: { of: message('GoogleSearch', values('searchTypes', 'timeRangeFilter')) },
  googleSearchRetrieval: {
    of: message('GoogleSearchRetrieval', values('dynamicRetrievalConfig')),
  },
  codeExecution: { of: message('CodeExecution', {}) },
  urlContext: { of: message('UrlContext', {}) },
  fileSearch: {
    of: message('FileSearch', values('fileSearchStoreNames', 'metadataFilter', 'topK')),
  },
  googleMaps: { of: message('GoogleMaps', values('enableWidget')) },
  ...values('computerUse', 'mcpServers'),
  retrieval: vertex,
  enterpriseWebSearch: vertex,
  exaAiSearch: vertex,
  parallelAiSearch: vertex,
})

const toolConfigType = message('ToolConfig', {
  functionCallingConfig: {
    of: message('FunctionCallingConfig', {
      ...values('mode', 'allowedFunctionNames'),
      streamFunctionCallArguments: vertex,
    }),
  },
  includeServerSideToolInvocations: publicOnly,
  retrievalConfig: { of: message('RetrievalConfig', values('latLng', 'languageCode')) },
})

const thinkingConfigType = message(
  'ThinkingConfig',
  values('includeThoughts', 'thinkingBudget', 'thinkingLevel'),
)

const generationConfigType = message('GenerationConfig', {
  ...values('temperature', 'topP', 'topK', 'candidateCount', 'maxOutputTokens', 'stopSequences'),
  ...values('responseMimeType', 'responseJsonSchema', 'responseModalities', 'responseFormat'),
  ...values('presencePenalty', 'frequencyPenalty', 'seed', 'responseLogprobs', 'logprobs'),
  ...values('speechConfig', 'imageConfig', 'mediaResolution', 'audioTranscriptionConfig'),
  responseSchema: { of: schemaType },
  thinkingConfig: { of: thinkingConfigType },
  enableEnhancedCivicAnswers: publicOnly,
  audioTimestamp: vertex,
  routingConfig: vertex,
  modelSelectionConfig: vertex,
})

const generateFields: Readonly<Record<string, FieldType>> = {
  ...values('cachedContent', 'serviceTier', 'continuationToken'),
  contents: content,
  systemInstruction: content,
  tools: { of: toolType },
  toolConfig: { of: toolConfigType },
  safetySettings: {
    of: message('SafetySetting', { ...values('category', 'threshold'), method: vertex }),
  },
  generationConfig: { of: generationConfigType },
  store: publicOnly,
  labels: vertex,
  modelArmorConfig: vertex,
}

/** The body of `generateContent` and `streamGenerateContent` (Gemini, 4.2). */
export const generateType: MessageType = message('GenerateContentRequest', generateFields)

/** The body of `countTokens` (Gemini, 4.8). */
export const countType: MessageType = message('CountTokensRequest', {
  contents: content,
  generateContentRequest: { of: message('CountedRequest', { ...generateFields, model: value }) },
  systemInstruction: { ...content, only: 'vertex' },
  tools: { of: toolType, only: 'vertex' },
  generationConfig: { of: generationConfigType, only: 'vertex' },
})

/** The body of `embedContent` (Gemini, 4.9). */
export const embedType: MessageType = message('EmbedContentRequest', {
  ...values('model', 'taskType', 'title', 'outputDimensionality'),
  content,
})

/** The body of `batchEmbedContents` (Gemini, 4.9). */
export const batchEmbedType: MessageType = message('BatchEmbedContentsRequest', {
  requests: { of: embedType },
})
