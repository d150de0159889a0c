import { isJsonObject } from '@jackfield/core'
import { openaiResponses } from '@jackfield/dialect-openai'
import OpenAI from 'openai'
import { openaiAt } from './chat.ts'
import { type Client, heardUntilError } from './client.ts'
import { openaiError } from './openai-error.ts'

/** `openai`, responses. */
export const responsesClient: Client = {
  name: 'openai-responses',
  dialect: openaiResponses,
  framing: 'sse',
  ask: ({ url, model, stream }) =>
    heardUntilError(async (heard) => {
      const { responses } = openaiAt(url)
      const request = { model, input: 'Hello', store: false } as const
      if (!stream) {
        const response = await responses.create(request)
        heard.text = response.output_text
        heard.finish = response.status ?? null
        return
      }
      const runner = responses.stream(request)
      runner.on('response.output_text.delta', ({ delta }) => {
        heard.text += delta
      })
      heard.finish = (await runner.finalResponse()).status ?? null
    }),
  isToldError: (error) => error instanceof OpenAI.APIError,
  errorIn(document) {
    if (!isJsonObject(document)) return undefined
    const { response, type } = document
    const { error } = isJsonObject(response) ? response : document
    // Some servers put the members of the error into the event itself.
    return openaiError(error ?? (type === 'error' ? document : undefined))
  },
  end: /response\.(completed|incomplete)/,
  finish: 'completed',
}
