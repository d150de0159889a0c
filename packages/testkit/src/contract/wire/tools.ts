/** The tools that checks offer, in no protocol's words. */
export const tools = ['get_weather', 'get_time'].map((name) => ({
  name,
  description: `Answers ${name}.`,
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
}))
