import { type Content, type GenerateContentResponse, GoogleGenAI, type Part } from '@google/genai'
import { type Ask, type Heard, type SdkClient, type Turn, toolSchema } from '../client.ts'
import { defined } from './chat.ts'

/** `@google/genai`. The library does not put a stream together, so this does what its users do. */
export function geminiClient(url: string, model: string): SdkClient {
  const client = new GoogleGenAI({ apiKey: 'sk-client', httpOptions: { baseUrl: url } })
  return {
    dialect: 'gemini',
    errorClass: (error) => (error as Error).constructor.name,
    async ask(ask, { stream, onStart }) {
      const params = {
        model: ask.model ?? model,
        contents: ask.turns.map(contentOf),
        config: configOf(ask),
      }
      if (!stream) return hear([await client.models.generateContent(params)])
      const chunks: GenerateContentResponse[] = []
      for await (const chunk of await client.models.generateContentStream(params)) {
        onStart?.()
        chunks.push(chunk)
      }
      return hear(chunks)
    },
  }
}

function configOf(ask: Ask) {
  const { system, tools, schema, reasons, stop, maxTokens, signal } = ask
  return {
    ...(system === undefined ? {} : { systemInstruction: system }),
    ...(tools && {
      tools: [
        {
          functionDeclarations: tools.map((name) => ({
            name,
            description: `Tells the ${name}.`,
            parametersJsonSchema: toolSchema,
          })),
        },
      ],
    }),
    ...(schema && { responseMimeType: 'application/json', responseJsonSchema: schema }),
    ...(reasons && { thinkingConfig: { includeThoughts: true, thinkingBudget: 2048 } }),
    ...(stop === undefined ? {} : { stopSequences: [stop] }),
    ...(maxTokens === undefined ? {} : { maxOutputTokens: maxTokens }),
    ...(signal && { abortSignal: signal }),
  }
}

function contentOf(turn: Turn): Content {
  if ('heard' in turn) return turn.heard.turn as Content
  if ('results' in turn) {
    return {
      role: 'user',
      parts: turn.results.map(({ id, name, text, image }) => ({
        functionResponse: {
          // Models that send no ids get none.
          ...(id === '' ? {} : { id }),
          name,
          response: { output: text },
          ...(image && {
            parts: [{ inlineData: { mimeType: image.mediaType, data: image.data } }],
          }),
        },
      })),
    }
  }
  const { user, image, file } = turn
  const media = [image, file].filter((one) => one !== undefined)
  return {
    role: 'user',
    parts: [
      { text: user },
      ...media.map(({ mediaType, data }) => ({ inlineData: { mimeType: mediaType, data } })),
    ],
  }
}

function hear(chunks: readonly GenerateContentResponse[]): Heard {
  const parts = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? [])
  const usage = chunks.findLast(({ usageMetadata }) => usageMetadata !== undefined)?.usageMetadata
  const finish = chunks.map((chunk) => chunk.candidates?.[0]?.finishReason).findLast(Boolean)
  const blocked = chunks.map((chunk) => chunk.promptFeedback?.blockReason).find(Boolean)
  const textOf = (thought: boolean) =>
    parts.map((part) => ((part.thought ?? false) === thought ? (part.text ?? '') : '')).join('')
  const thoughts = usage?.thoughtsTokenCount
  return {
    text: textOf(false),
    reasoning: textOf(true),
    refusal: '',
    calls: parts.flatMap(({ functionCall: call }) =>
      call === undefined
        ? []
        : [{ id: call.id ?? '', name: call.name ?? '', arguments: call.args ?? {} }],
    ),
    finish: String(finish ?? blocked),
    usage: {
      ...defined('input', usage?.promptTokenCount),
      ...(usage?.candidatesTokenCount !== undefined && {
        output: usage.candidatesTokenCount + (thoughts ?? 0),
      }),
      ...defined('cached', usage?.cachedContentTokenCount),
      ...defined('reasoning', thoughts),
    },
    turn: { role: 'model', parts: joined(parts) },
  }
}

/** Neighbouring texts of one kind become one part, unless one of them carries a signature. */
function joined(parts: readonly Part[]): Part[] {
  const list: Part[] = []
  for (const part of parts) {
    const last = list.at(-1)
    const isPlain = (one: Part | undefined) =>
      one?.text !== undefined && one.thoughtSignature === undefined
    if (last !== undefined && isPlain(last) && isPlain(part) && last.thought === part.thought) {
      list[list.length - 1] = { ...last, text: `${last.text}${part.text}` }
    } else {
      list.push(part)
    }
  }
  return list
}
