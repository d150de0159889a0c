import { ApiError, type GenerateContentResponse, GoogleGenAI } from '@google/genai'
import { isJsonObject, type JsonValue } from '@jackfield/core'
import { gemini } from '@jackfield/dialect-gemini'
import { type Client, heardUntilError, type WireError } from './client.ts'

/** `@google/genai`. */
export const geminiClient: Client = {
  name: 'gemini',
  dialect: gemini,
  framing: 'sse',
  ask: ({ url, model, stream }) =>
    heardUntilError(async (heard) => {
      const { models } = new GoogleGenAI({ apiKey: 'sk-client', httpOptions: { baseUrl: url } })
      const request = { model, contents: 'Hello' }
      const note = ({ candidates = [] }: GenerateContentResponse): void => {
        const [candidate] = candidates
        heard.text += (candidate?.content?.parts ?? []).map(({ text = '' }) => text).join('')
        heard.finish = candidate?.finishReason ?? heard.finish
      }
      if (!stream) return note(await models.generateContent(request))
      for await (const chunk of await models.generateContentStream(request)) note(chunk)
    }),
  isToldError: (error) => error instanceof ApiError,
  errorIn: geminiError,
  end: /"finishReason"/,
  finish: 'STOP',
}

/** Google's envelope. */
export function geminiError(document: JsonValue | undefined): WireError | undefined {
  const error = isJsonObject(document) ? document['error'] : undefined
  if (!isJsonObject(error)) return undefined
  const { status, message, details } = error
  const reason = (Array.isArray(details) ? details : [])
    .map((detail) => (isJsonObject(detail) ? detail['reason'] : undefined))
    .find((one) => typeof one === 'string')
  return {
    word: String(status),
    message: String(message),
    ...(typeof reason === 'string' ? { reason } : {}),
  }
}
