import OpenAI from 'openai'
import type { ResponseStreamParams } from 'openai/lib/responses/ResponseStream'
import { type Ask, type Heard, type SdkClient, type Turn, toolSchema } from '../client.ts'
import { dataUrl } from './chat.ts'

type Item = OpenAI.Responses.ResponseInputItem

/** `openai`, responses. Stateless: everything is sent again, with what the model said encrypted. */
export function responsesClient(url: string, model: string): SdkClient {
  const client = new OpenAI({ apiKey: 'sk-client', baseURL: `${url}/v1`, maxRetries: 0 })
  return {
    dialect: 'openai-responses',
    errorClass: (error) => (error as Error).constructor.name,
    async ask(ask, { stream, onStart }) {
      const body = { ...paramsOf(ask), model: ask.model ?? model }
      const options = ask.signal === undefined ? {} : { signal: ask.signal }
      if (!stream) return hear(await client.responses.create(body, options))
      // The library's two types of one body differ in members that are absent.
      const runner = client.responses.stream(body as unknown as ResponseStreamParams, options)
      runner.on('event', () => onStart?.())
      return hear(await runner.finalResponse())
    },
  }
}

function paramsOf(ask: Ask): Omit<OpenAI.Responses.ResponseCreateParamsNonStreaming, 'model'> {
  const { system, tools, schema, reasons, maxTokens } = ask
  return {
    store: false,
    ...(system === undefined ? {} : { instructions: system }),
    input: ask.turns.flatMap(itemsOf),
    ...(tools && {
      tools: tools.map((name) => ({
        type: 'function' as const,
        name,
        description: `Tells the ${name}.`,
        parameters: toolSchema,
        strict: true,
      })),
    }),
    ...(schema && {
      text: { format: { type: 'json_schema', name: 'answer', strict: true, schema } },
    }),
    ...(reasons && {
      reasoning: { effort: 'medium' as const, summary: 'auto' as const },
      include: ['reasoning.encrypted_content' as const],
    }),
    ...(maxTokens === undefined ? {} : { max_output_tokens: maxTokens }),
  }
}

function itemsOf(turn: Turn): Item[] {
  if ('heard' in turn) return turn.heard.turn as Item[]
  if ('results' in turn) {
    return turn.results.map(({ id, text, image }) => ({
      type: 'function_call_output',
      call_id: id,
      output:
        image === undefined
          ? text
          : [
              { type: 'input_text', text },
              { type: 'input_image', image_url: dataUrl(image), detail: 'auto' },
            ],
    }))
  }
  const { user, image, file } = turn
  if (image === undefined && file === undefined) return [{ role: 'user', content: user }]
  return [
    {
      role: 'user',
      content: [
        { type: 'input_text', text: user },
        ...(image === undefined
          ? []
          : [{ type: 'input_image' as const, image_url: dataUrl(image), detail: 'auto' as const }]),
        ...(file === undefined
          ? []
          : [{ type: 'input_file' as const, filename: file.name, file_data: dataUrl(file) }]),
      ],
    },
  ]
}

function hear(response: OpenAI.Responses.Response): Heard {
  const { output, usage, status, incomplete_details: incomplete } = response
  const messages = output
    .filter((item) => item.type === 'message')
    .flatMap(({ content }) => content)
  const thoughts = output.filter((item) => item.type === 'reasoning')
  return {
    text: messages.map((part) => (part.type === 'output_text' ? part.text : '')).join(''),
    refusal: messages.map((part) => (part.type === 'refusal' ? part.refusal : '')).join(''),
    reasoning: thoughts
      .flatMap(({ summary, content }) => [...summary, ...(content ?? [])])
      .map(({ text }) => text)
      .join(''),
    calls: output.flatMap((item) =>
      item.type === 'function_call'
        ? [{ id: item.call_id, name: item.name, arguments: JSON.parse(item.arguments) }]
        : [],
    ),
    finish: status === 'incomplete' ? `incomplete: ${incomplete?.reason}` : String(status),
    usage: {
      ...(usage && {
        input: usage.input_tokens,
        output: usage.output_tokens,
        cached: usage.input_tokens_details.cached_tokens,
        reasoning: usage.output_tokens_details.reasoning_tokens,
      }),
    },
    turn: output.map(plainItem),
  }
}

/** The library adds what it parsed, which no server knows. */
function plainItem(item: OpenAI.Responses.ResponseOutputItem): object {
  const { parsed_arguments: _, ...plain } = item as { parsed_arguments?: unknown }
  const { content } = plain as { content?: readonly object[] }
  if (content === undefined) return plain
  return {
    ...plain,
    content: content.map((part) => {
      const { parsed: _parsed, ...rest } = part as { parsed?: unknown }
      return rest
    }),
  }
}
