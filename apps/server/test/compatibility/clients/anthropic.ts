import Anthropic from '@anthropic-ai/sdk'
import { type Ask, type Heard, type SdkClient, type Turn, toolSchema } from '../client.ts'
import { defined } from './chat.ts'

type Message = Anthropic.Messages.MessageParam

/** `@anthropic-ai/sdk`, messages. */
export function anthropicClient(url: string, model: string): SdkClient {
  const client = new Anthropic({ apiKey: 'sk-client', baseURL: url, maxRetries: 0 })
  return {
    dialect: 'anthropic-messages',
    errorClass: (error) => (error as Error).constructor.name,
    async ask(ask, { stream, onStart }) {
      const body = { ...paramsOf(ask), model: ask.model ?? model }
      const options = ask.signal === undefined ? {} : { signal: ask.signal }
      if (!stream) return hear(await client.messages.create(body, options))
      const runner = client.messages.stream(body, options)
      runner.on('streamEvent', () => onStart?.())
      return hear(await runner.finalMessage())
    },
  }
}

function paramsOf(ask: Ask): Omit<Anthropic.Messages.MessageCreateParamsNonStreaming, 'model'> {
  const { system, tools, schema, reasons, stop, maxTokens } = ask
  return {
    max_tokens: maxTokens ?? 4096,
    ...(system === undefined ? {} : { system }),
    messages: ask.turns.map(messageOf),
    ...(tools && {
      tools: tools.map((name) => ({
        name,
        description: `Tells the ${name}.`,
        input_schema: { ...toolSchema, required: [...toolSchema.required] },
      })),
    }),
    ...(schema && { output_config: { format: { type: 'json_schema', schema: { ...schema } } } }),
    ...(reasons && { thinking: { type: 'enabled' as const, budget_tokens: 2048 } }),
    ...(stop === undefined ? {} : { stop_sequences: [stop] }),
  }
}

function messageOf(turn: Turn): Message {
  if ('heard' in turn) return turn.heard.turn as Message
  if ('results' in turn) {
    return {
      role: 'user',
      content: turn.results.map(({ id, text, image }) => ({
        type: 'tool_result',
        tool_use_id: id,
        content:
          image === undefined
            ? text
            : [
                { type: 'text', text },
                { type: 'image', source: source(image) },
              ],
      })),
    }
  }
  const { user, image, file } = turn
  return {
    role: 'user',
    content: [
      { type: 'text', text: user },
      ...(image === undefined ? [] : [{ type: 'image' as const, source: source(image) }]),
      ...(file === undefined
        ? []
        : [
            {
              type: 'document' as const,
              title: file.name,
              source: {
                type: 'base64' as const,
                media_type: 'application/pdf' as const,
                data: file.data,
              },
            },
          ]),
    ],
  }
}

function source({ data }: { readonly data: string }) {
  return { type: 'base64', media_type: 'image/png', data } as const
}

function hear(message: Anthropic.Messages.Message): Heard {
  const { content, usage, stop_reason: reason } = message
  const read = usage.cache_read_input_tokens ?? 0
  const written = usage.cache_creation_input_tokens ?? 0
  const refused = reason === 'refusal'
  const text = content.map((block) => (block.type === 'text' ? block.text : '')).join('')
  return {
    text: refused ? '' : text,
    refusal: refused ? text : '',
    reasoning: content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
    calls: content.flatMap((block) =>
      block.type === 'tool_use' ? [{ id: block.id, name: block.name, arguments: block.input }] : [],
    ),
    finish: String(reason),
    usage: {
      input: usage.input_tokens + read + written,
      output: usage.output_tokens,
      cached: read,
      ...defined('reasoning', usage.output_tokens_details?.thinking_tokens),
    },
    turn: { role: 'assistant', content: content.map((block) => ({ ...block })) },
  }
}
