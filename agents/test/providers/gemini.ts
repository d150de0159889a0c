import {
  defaultGeminiAnswer,
  type GeminiAnswer,
  type JsonObject,
  startGeminiFake,
} from '@jackfield/testkit'
import { lastOfTask, type Provider } from './provider.ts'
import { inputOf, objects, pieces, type Turn, toolOf, turnAfter } from './script.ts'

/** A provider of Gemini. Its calls have no ids, as those of Google. */
export async function startGeminiProvider(turns: readonly Turn[]): Promise<Provider> {
  const accepted: JsonObject[] = []
  const fake = await startGeminiFake({
    answer(request, model) {
      accepted.push(request)
      return isTask(request) ? answerTo(request, turns) : defaultGeminiAnswer(request, model)
    },
  })
  return {
    backend: { type: 'gemini', base_url: fake.baseUrl, api_key: 'sk-fake' },
    requests: fake.server.requests,
    accepted,
    resultOf({ tool }, index) {
      const results = partsOf(lastOfTask(accepted, isTask), 'functionResponse')
      const { name, response } = results[index] ?? {}
      return String(name).endsWith(tool) ? JSON.stringify(response) : undefined
    },
    [Symbol.asyncDispose]: () => fake.close(),
  }
}

function isTask(request: JsonObject): boolean {
  return declarations(request).length > 0
}

function answerTo(request: JsonObject, turns: readonly Turn[]): GeminiAnswer {
  const { turn, index } = turnAfter(turns, partsOf(request, 'functionCall').length)
  const tools = declarations(request).map(({ name, parameters, parametersJsonSchema }) => ({
    name: String(name),
    schema: (parametersJsonSchema ?? parameters) as JsonObject,
  }))
  const calls = (turn.calls ?? []).map((call) => {
    const tool = toolOf(call, tools)
    return { functionCall: { name: tool.name, args: inputOf(call, tool) } }
  })
  return {
    responseId: `answer-${index}`,
    parts: [
      ...(turn.thought === undefined ? [] : [{ text: pieces(turn.thought), thought: true }]),
      ...(turn.text === undefined ? [] : [{ text: pieces(turn.text) }]),
      ...calls,
    ],
  }
}

function declarations({ tools }: JsonObject): readonly JsonObject[] {
  return objects(tools).flatMap(({ functionDeclarations }) => objects(functionDeclarations))
}

function partsOf(request: JsonObject, kind: string): readonly JsonObject[] {
  return objects(request['contents'])
    .flatMap(({ parts }) => objects(parts))
    .flatMap((part) => (part[kind] ? [part[kind] as JsonObject] : []))
}
