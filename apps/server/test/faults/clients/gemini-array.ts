import { isJsonObject, type JsonValue } from '@jackfield/core'
import { type Client, heardUntilError } from './client.ts'
import { geminiClient, geminiError } from './gemini.ts'

/** What the server told instead of an answer, or behind the beginning of one. */
class ToldError extends Error {
  readonly status: number

  constructor(message: string, status: number) {
    super(message)
    this.name = 'ToldError'
    this.status = status
  }
}

/** Reads streams without `alt=sse` as Google sends them: one JSON array. */
export const geminiArrayClient: Client = {
  ...geminiClient,
  name: 'gemini-array',
  framing: 'json-array',
  terminator: ']',
  ask: ({ url, model }) =>
    heardUntilError(async (heard) => {
      const answer = await fetch(`${url}/v1beta/models/${model}:streamGenerateContent`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-goog-api-key': 'sk-client' },
        body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }),
      })
      for (const element of elementsOf(await answer.text())) {
        const told = geminiError(element)
        if (told !== undefined) throw new ToldError(told.message, answer.status)
        const { text, finish } = read(element)
        heard.text += text
        heard.finish = finish ?? heard.finish
      }
    }),
  isToldError: (error) => error instanceof ToldError,
}

function elementsOf(text: string): readonly JsonValue[] {
  const document: JsonValue = JSON.parse(text)
  return Array.isArray(document) ? document : [document]
}

function read(chunk: JsonValue): { readonly text: string; readonly finish: string | null } {
  const candidates = isJsonObject(chunk) ? chunk['candidates'] : undefined
  const candidate = Array.isArray(candidates) ? candidates[0] : undefined
  const { content, finishReason } = isJsonObject(candidate) ? candidate : {}
  const parts = isJsonObject(content) ? content['parts'] : undefined
  const texts = (Array.isArray(parts) ? parts : []).map((part) =>
    isJsonObject(part) ? String(part['text'] ?? '') : '',
  )
  return { text: texts.join(''), finish: typeof finishReason === 'string' ? finishReason : null }
}
