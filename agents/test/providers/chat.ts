import {
  type ChatAnswer,
  defaultAnswer,
  type JsonObject,
  startOpenAIChatFake,
} from '@jackfield/testkit'
import type { Provider } from './provider.ts'
import {
  inputOf,
  lastOf,
  objects,
  pieces,
  type Tool,
  type Turn,
  toolOf,
  turnAfter,
} from './script.ts'

/** OpenAI, if it had nothing but Chat. */
export function startChatProvider(turns: readonly Turn[]): Promise<Provider> {
  return startProvider(turns, { type: 'openai', speaks: ['openai-chat'] })
}

/** Any server that speaks OpenAI Chat. */
export function startCompatibleProvider(turns: readonly Turn[]): Promise<Provider> {
  return startProvider(turns, { type: 'openai-compatible' })
}

async function startProvider(
  turns: readonly Turn[],
  backend: Provider['backend'],
): Promise<Provider> {
  const accepted: JsonObject[] = []
  const rounds = () => accepted.filter(isTask)
  const fake = await startOpenAIChatFake({
    answer(request) {
      accepted.push(request)
      return isTask(request) ? answerTo(request, turns) : defaultAnswer(request)
    },
  })
  return {
    backend: { ...backend, base_url: fake.baseUrl, api_key: 'sk-fake' },
    rounds,
    resultOf({ id }) {
      const messages = objects(lastOf(rounds())['messages'])
      const result = messages.find(
        ({ role, tool_call_id }) => role === 'tool' && tool_call_id === id,
      )
      return result && JSON.stringify(result['content'])
    },
    [Symbol.asyncDispose]: () => fake.close(),
  }
}

function isTask({ tools }: JsonObject): boolean {
  return objects(tools).length > 0
}

function answerTo(request: JsonObject, turns: readonly Turn[]): ChatAnswer {
  const made = objects(request['messages']).flatMap(({ tool_calls }) => objects(tool_calls))
  const { turn, index } = turnAfter(turns, made.length)
  const tools = objects(request['tools']).map(toolIn)
  const calls = turn.calls?.map((call) => {
    const tool = toolOf(call, tools)
    const head = { id: call.id, name: tool.name }
    return tool.schema === undefined
      ? { ...head, type: 'custom' as const, arguments: pieces(String(call.input)) }
      : { ...head, arguments: pieces(JSON.stringify(inputOf(call, tool))) }
  })
  return {
    // Agents take answers with the same id for one message.
    id: `chatcmpl-${index}`,
    ...(turn.thought !== undefined && { reasoning: pieces(turn.thought) }),
    ...(turn.text !== undefined && { text: pieces(turn.text) }),
    ...(calls !== undefined && { toolCalls: calls }),
  }
}

function toolIn({ custom, function: declared }: JsonObject): Tool {
  if (custom) return { name: String((custom as JsonObject)['name']) }
  const { name, parameters = {} } = declared as JsonObject
  return { name: String(name), schema: parameters as JsonObject }
}
