import {
  type AnthropicAnswer,
  type AnthropicBlock,
  anthropicDefaultAnswer,
  type JsonObject,
  startAnthropicFake,
} from '@jackfield/testkit'
import type { Provider } from './provider.ts'
import { inputOf, lastOf, objects, pieces, type Turn, toolOf, turnAfter } from './script.ts'

/** A provider of Anthropic Messages. */
export async function startAnthropicProvider(turns: readonly Turn[]): Promise<Provider> {
  const accepted: JsonObject[] = []
  const rounds = () => accepted.filter(isTask)
  const fake = await startAnthropicFake({
    answer(request) {
      accepted.push(request)
      return isTask(request) ? answerTo(request, turns) : anthropicDefaultAnswer(request)
    },
  })
  return {
    backend: { type: 'anthropic', base_url: fake.baseUrl, api_key: 'sk-fake' },
    rounds,
    resultOf({ id }) {
      const blocks = blocksOf(lastOf(rounds()), 'tool_result')
      const result = blocks.find(({ tool_use_id }) => tool_use_id === id)
      return result && JSON.stringify(result['content'])
    },
    [Symbol.asyncDispose]: () => fake.close(),
  }
}

/** A tool that must be called stands for the schema of an answer. */
function isTask({ tools, tool_choice: choice }: JsonObject): boolean {
  const isForced = (choice as JsonObject | undefined)?.['type'] === 'tool'
  return objects(tools).length > 0 && !isForced
}

function answerTo(request: JsonObject, turns: readonly Turn[]): AnthropicAnswer {
  const { turn, index } = turnAfter(turns, blocksOf(request, 'tool_use').length)
  const tools = objects(request['tools']).map(({ name, input_schema: schema }) => ({
    name: String(name),
    schema: schema as JsonObject,
  }))
  const calls = (turn.calls ?? []).map((call) => {
    const tool = toolOf(call, tools)
    const input = pieces(JSON.stringify(inputOf(call, tool)))
    return { type: 'tool_use', id: call.id, name: tool.name, input } as const
  })
  return {
    id: `msg_${index}`,
    blocks: [
      ...thinking(turn.thought, request),
      ...(turn.text === undefined ? [] : [{ type: 'text', text: pieces(turn.text) } as const]),
      ...thinking(turn.afterthought, request),
      ...calls,
    ],
  }
}

function thinking(thought: string | undefined, request: JsonObject): readonly AnthropicBlock[] {
  const isShown = thought !== undefined && thinks(request)
  return isShown ? [{ type: 'thinking', thinking: pieces(thought) }] : []
}

function thinks({ thinking }: JsonObject): boolean {
  const type = (thinking as JsonObject | undefined)?.['type']
  return type === 'enabled' || type === 'adaptive'
}

function blocksOf(request: JsonObject, wanted: string): readonly JsonObject[] {
  return objects(request['messages'])
    .flatMap(({ content }) => objects(content))
    .filter(({ type }) => type === wanted)
}
