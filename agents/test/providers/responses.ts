import {
  defaultResponsesAnswer,
  type JsonObject,
  type ResponsesAnswer,
  type ResponsesItem,
  startOpenAIResponsesFake,
} from '@jackfield/testkit'
import type { Provider } from './provider.ts'
import {
  type Call,
  inputOf,
  lastOf,
  objects,
  pieces,
  type Tool,
  type Turn,
  toolOf,
  turnAfter,
} from './script.ts'

/** A provider of OpenAI Responses. */
export async function startResponsesProvider(turns: readonly Turn[]): Promise<Provider> {
  const accepted: JsonObject[] = []
  const rounds = () => accepted.filter(isTask)
  const fake = await startOpenAIResponsesFake({
    answer(request, conversation) {
      accepted.push(request)
      return isTask(request)
        ? answerTo(request, turns)
        : defaultResponsesAnswer(request, conversation)
    },
  })
  return {
    backend: {
      type: 'openai',
      dialect: 'openai-responses',
      base_url: fake.baseUrl,
      api_key: 'sk-fake',
    },
    rounds,
    resultOf({ id }) {
      const items = itemsOf(lastOf(rounds()), '_call_output')
      const result = items.find(({ call_id }) => call_id === id)
      return result && JSON.stringify(result['output'])
    },
    [Symbol.asyncDispose]: () => fake.close(),
  }
}

function isTask(request: JsonObject): boolean {
  return toolsOf(request).length > 0
}

function answerTo(request: JsonObject, turns: readonly Turn[]): ResponsesAnswer {
  const { turn, index } = turnAfter(turns, itemsOf(request, '_call').length)
  const tools = toolsOf(request)
  const { text, calls = [] } = turn
  return {
    id: `resp_${index}`,
    items: [
      ...thinking(turn.thought),
      ...(text === undefined ? [] : [{ type: 'message', text: pieces(text) } as const]),
      ...thinking(turn.afterthought),
      ...calls.map((call) => callOf(call, tools)),
    ],
  }
}

function thinking(thought: string | undefined): readonly ResponsesItem[] {
  return thought === undefined ? [] : [{ type: 'reasoning', summary: [thought] }]
}

function callOf(call: Call, tools: readonly Tool[]): ResponsesItem {
  const tool = toolOf(call, tools)
  const head = { callId: call.id, name: tool.name }
  return tool.schema === undefined
    ? { ...head, type: 'custom_tool_call', input: pieces(String(call.input)) }
    : { ...head, type: 'function_call', arguments: pieces(JSON.stringify(inputOf(call, tool))) }
}

/** The tools of a request, of what it says later, and of their namespaces. */
function toolsOf({ tools, input }: JsonObject): readonly Tool[] {
  const later = objects(input).flatMap((item) => objects(item['tools']))
  return [...objects(tools), ...later]
    .flatMap((tool) => (tool['type'] === 'namespace' ? objects(tool['tools']) : [tool]))
    .flatMap(({ type, name, parameters }) => {
      if (type === 'custom') return [{ name: String(name) }]
      return type === 'function' ? [{ name: String(name), schema: parameters as JsonObject }] : []
    })
}

function itemsOf({ input }: JsonObject, kind: string): readonly JsonObject[] {
  return objects(input).filter(({ type }) => String(type).endsWith(kind))
}
