import {
  defaultGeminiAnswer,
  type GeminiAnswer,
  type GeminiPart,
  type JsonObject,
  startGeminiFake,
} from '@jackfield/testkit'
import type { Provider } from './provider.ts'
import { inputOf, lastOf, objects, pieces, type Turn, toolOf, turnAfter } from './script.ts'

/** A provider of Gemini. Its calls have no ids, as those of Google. */
export async function startGeminiProvider(turns: readonly Turn[]): Promise<Provider> {
  const accepted: JsonObject[] = []
  const rounds = () => accepted.filter(isTask)
  const fake = await startGeminiFake({
    answer(request, model) {
      accepted.push(request)
      return isTask(request) ? answerTo(request, turns) : defaultGeminiAnswer(request, model)
    },
  })
  return {
    backend: { type: 'gemini', base_url: fake.baseUrl, api_key: 'sk-fake' },
    rounds,
    resultOf({ tool }, index) {
      const results = partsOf(lastOf(rounds()), 'functionResponse')
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
      ...thinking(turn.thought),
      ...(turn.text === undefined ? [] : [{ text: pieces(turn.text) }]),
      ...thinking(turn.afterthought),
      ...calls,
    ],
  }
}

function thinking(thought: string | undefined): readonly GeminiPart[] {
  return thought === undefined ? [] : [{ text: pieces(thought), thought: true }]
}

function declarations({ tools }: JsonObject): readonly JsonObject[] {
  return objects(tools).flatMap(({ functionDeclarations }) => objects(functionDeclarations))
}

function partsOf(request: JsonObject, kind: string): readonly JsonObject[] {
  return objects(request['contents'])
    .flatMap(({ parts }) => objects(parts))
    .flatMap((part) => (part[kind] ? [part[kind] as JsonObject] : []))
}
