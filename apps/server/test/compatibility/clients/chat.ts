import OpenAI from 'openai'
import { type Ask, type Heard, type SdkClient, type Turn, toolSchema } from '../client.ts'

type StreamParams = Parameters<OpenAI['chat']['completions']['stream']>[0]
type Message = OpenAI.Chat.Completions.ChatCompletionMessageParam

/** `openai`, chat completions. */
export function chatClient(url: string, model: string): SdkClient {
  const client = new OpenAI({ apiKey: 'sk-client', baseURL: `${url}/v1`, maxRetries: 0 })
  return {
    dialect: 'openai-chat',
    errorClass: (error) => (error as Error).constructor.name,
    async ask(ask, { stream, onStart }) {
      const body = { ...paramsOf(ask), model: ask.model ?? model }
      const options = ask.signal === undefined ? {} : { signal: ask.signal }
      if (!stream) return hear(await client.chat.completions.create(body, options))
      const params = { ...body, stream_options: { include_usage: true } }
      // The library's two types of one body differ in members that are absent.
      const runner = client.chat.completions.stream(params as unknown as StreamParams, options)
      let reasoning = ''
      runner.on('chunk', (chunk) => {
        onStart?.()
        const delta = chunk.choices[0]?.delta as { reasoning_content?: string } | undefined
        reasoning += delta?.reasoning_content ?? ''
      })
      return hear(await runner.finalChatCompletion(), reasoning)
    },
  }
}

function paramsOf(
  ask: Ask,
): Omit<OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming, 'model'> {
  const { system, tools, schema, reasons, stop, maxTokens } = ask
  return {
    messages: [
      ...(system === undefined ? [] : [{ role: 'system', content: system } as const]),
      ...ask.turns.flatMap(messagesOf),
    ],
    ...(tools && {
      tools: tools.map((name) => ({
        type: 'function' as const,
        function: { name, description: `Tells the ${name}.`, parameters: toolSchema },
      })),
    }),
    ...(schema && {
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'answer', strict: true, schema },
      },
    }),
    ...(reasons && { reasoning_effort: 'medium' as const }),
    ...(stop === undefined ? {} : { stop: [stop] }),
    ...(maxTokens === undefined ? {} : { max_completion_tokens: maxTokens }),
  }
}

function messagesOf(turn: Turn): Message[] {
  if ('heard' in turn) return [turn.heard.turn as Message]
  if ('results' in turn) {
    return turn.results.map(({ id, text }) => ({ role: 'tool', tool_call_id: id, content: text }))
  }
  const { user, image, file } = turn
  if (image === undefined && file === undefined) return [{ role: 'user', content: user }]
  return [
    {
      role: 'user',
      content: [
        { type: 'text', text: user },
        ...(image === undefined
          ? []
          : [{ type: 'image_url' as const, image_url: { url: dataUrl(image) } }]),
        ...(file === undefined
          ? []
          : [{ type: 'file' as const, file: { filename: file.name, file_data: dataUrl(file) } }]),
      ],
    },
  ]
}

export function dataUrl({
  mediaType,
  data,
}: {
  readonly mediaType: string
  readonly data: string
}): string {
  return `data:${mediaType};base64,${data}`
}

function hear(completion: OpenAI.Chat.Completions.ChatCompletion, streamed?: string): Heard {
  const [choice] = completion.choices
  if (choice === undefined) throw new Error('the completion has no choice')
  const { message, finish_reason: finish } = choice
  const { usage } = completion
  const extra = message as { reasoning_content?: string | null }
  return {
    text: message.content ?? '',
    reasoning: streamed ?? extra.reasoning_content ?? '',
    refusal: message.refusal ?? '',
    calls: (message.tool_calls ?? []).flatMap((call) =>
      call.type === 'function'
        ? [
            {
              id: call.id,
              name: call.function.name,
              arguments: JSON.parse(call.function.arguments),
            },
          ]
        : [],
    ),
    finish,
    usage: {
      ...(usage && { input: usage.prompt_tokens, output: usage.completion_tokens }),
      ...defined('cached', usage?.prompt_tokens_details?.cached_tokens),
      ...defined('reasoning', usage?.completion_tokens_details?.reasoning_tokens),
    },
    turn: {
      role: 'assistant',
      content: message.content,
      ...(message.tool_calls && { tool_calls: message.tool_calls.map(plainCall) }),
    },
  }
}

/** The library adds what it parsed, which no server knows. */
function plainCall(call: OpenAI.Chat.Completions.ChatCompletionMessageToolCall): object {
  if (call.type !== 'function') return call
  const { id, type } = call
  const { name, arguments: text } = call.function
  return { id, type, function: { name, arguments: text } }
}

export function defined<Name extends string>(
  name: Name,
  value: number | null | undefined,
): { readonly [Key in Name]?: number } {
  return (value === undefined || value === null ? {} : { [name]: value }) as {
    readonly [Key in Name]?: number
  }
}
