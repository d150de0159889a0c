import { isJsonObject } from '@jackfield/core'
import { openaiChat } from '@jackfield/dialect-openai'
import OpenAI from 'openai'
import { type Client, heardUntilError } from './client.ts'
import { openaiError } from './openai-error.ts'

/** `openai`, chat completions. */
export const chatClient: Client = {
  name: 'openai-chat',
  dialect: openaiChat,
  framing: 'sse',
  ask: ({ url, model, stream }) =>
    heardUntilError(async (heard) => {
      const { completions } = openaiAt(url).chat
      const request = { model, messages: [{ role: 'user', content: 'Hello' }] } as const
      if (!stream) {
        const { choices } = await completions.create({
          ...request,
          messages: [...request.messages],
        })
        heard.text = choices[0]?.message.content ?? ''
        heard.finish = choices[0]?.finish_reason ?? null
        return
      }
      for await (const { choices } of await completions.create({
        ...request,
        messages: [...request.messages],
        stream,
      })) {
        heard.text += choices[0]?.delta.content ?? ''
        heard.finish = choices[0]?.finish_reason ?? heard.finish
      }
    }),
  isToldError: (error) => error instanceof OpenAI.APIError,
  errorIn: (document) => (isJsonObject(document) ? openaiError(document['error']) : undefined),
  end: /data: \[DONE\]|"finish_reason":\s*"/,
  finish: 'stop',
  terminator: 'data: [DONE]\n\n',
}

/** A library that asks once. */
export function openaiAt(url: string): OpenAI {
  return new OpenAI({ apiKey: 'sk-client', baseURL: `${url}/v1`, maxRetries: 0, logLevel: 'off' })
}
