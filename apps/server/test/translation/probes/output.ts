import type { Topic } from './probe.ts'

const schema = {
  type: 'object',
  properties: { n: { type: 'integer', minimum: 0 } },
  required: ['n'],
  additionalProperties: false,
}

const concepts: Topic['concepts'] = [
  {
    title: 'JSON',
    said: {
      chat: { response_format: { type: 'json_object' } },
      responses: { text: { format: { type: 'json_object' } } },
      gemini: { generationConfig: { responseMimeType: 'application/json' } },
    },
  },
  {
    title: 'A schema',
    said: {
      chat: {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'count', schema, strict: true },
        },
      },
      responses: { text: { format: { type: 'json_schema', name: 'count', schema, strict: true } } },
      anthropic: { output_config: { format: { type: 'json_schema', schema } } },
      gemini: {
        generationConfig: { responseMimeType: 'application/json', responseJsonSchema: schema },
      },
    },
  },
]

export const structuredOutput: Topic = {
  title: 'Structured output',
  concepts: [
    ...concepts,
    {
      title: 'A schema in the OpenAPI subset',
      said: {
        gemini: {
          generationConfig: {
            responseMimeType: 'application/json',
            responseSchema: {
              type: 'OBJECT',
              properties: { n: { type: 'INTEGER' } },
              required: ['n'],
            },
          },
        },
      },
    },
    {
      title: 'Plain text',
      said: {
        chat: { response_format: { type: 'text' } },
        responses: { text: { format: { type: 'text' } } },
        gemini: { generationConfig: { responseMimeType: 'text/plain' } },
      },
    },
  ],
}

export const structuredOutputOfOlder: Topic = {
  title: 'Structured output of older models',
  intro:
    'Where the model knows no schemas, a tool that it must call gives the answer its form; the client gets its arguments as the text.',
  models: { anthropic: 'claude-3-7-sonnet-latest', gemini: 'gemini-1.5-pro' },
  concepts,
}
