import Anthropic from '@anthropic-ai/sdk'
import { isJsonObject } from '@jackfield/core'
import { anthropicMessages } from '@jackfield/dialect-anthropic'
import { type Client, heardUntilError } from './client.ts'

/** `@anthropic-ai/sdk`, messages. */
export const anthropicClient: Client = {
  name: 'anthropic-messages',
  dialect: anthropicMessages,
  framing: 'sse',
  ask: ({ url, model, stream }) =>
    heardUntilError(async (heard) => {
      const { messages } = new Anthropic({
        apiKey: 'sk-client',
        baseURL: url,
        maxRetries: 0,
        logLevel: 'off',
      })
      const request = {
        model,
        max_tokens: 100,
        messages: [{ role: 'user' as const, content: 'Hello' }],
      }
      if (!stream) {
        const message = await messages.create(request)
        heard.text = message.content
          .map((block) => (block.type === 'text' ? block.text : ''))
          .join('')
        heard.finish = message.stop_reason
        return
      }
      for await (const event of await messages.create({ ...request, stream })) {
        if (event.type === 'message_delta') heard.finish = event.delta.stop_reason
        if (event.type !== 'content_block_delta') continue
        if (event.delta.type === 'text_delta') heard.text += event.delta.text
      }
    }),
  isToldError: (error) => error instanceof Anthropic.APIError,
  errorIn(document) {
    if (!isJsonObject(document) || document['type'] !== 'error') return undefined
    const { error } = document
    if (!isJsonObject(error)) return undefined
    return { word: String(error['type']), message: String(error['message']) }
  },
  end: /message_stop|"stop_reason":\s*"/,
  finish: 'end_turn',
  terminator: 'event: message_stop\ndata: {"type":"message_stop"}\n\n',
}
