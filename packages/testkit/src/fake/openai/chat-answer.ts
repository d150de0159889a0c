/** Text that a stream delivers in one delta, or in several. */
export type Pieces = string | readonly string[]

/** A tool call that the fake model makes. */
export interface ChatToolCall {
  /** Default: `call_<position>`. */
  readonly id?: string
  readonly name: string
  /** Default `function`. */
  readonly type?: 'function' | 'custom'
  /** JSON text, or the input of a custom tool; in a stream each piece is a fragment of its own. */
  readonly arguments: Pieces
}

/** Counted tokens. */
export interface ChatUsage {
  readonly promptTokens: number
  readonly completionTokens: number
  readonly cachedTokens?: number
  readonly reasoningTokens?: number
}

/** What the fake model says. Everything absent has a fixed value, so equal answers make equal bytes. */
export interface ChatAnswer {
  readonly id?: string
  /** Unix seconds. */
  readonly created?: number
  readonly model?: string
  readonly text?: Pieces
  readonly reasoning?: Pieces
  readonly refusal?: Pieces
  readonly toolCalls?: readonly ChatToolCall[]
  /** Default: `tool_calls` when there are some, else `stop`. */
  readonly finishReason?: string
  readonly usage?: ChatUsage
  /** How many equal choices; default 1. */
  readonly choices?: number
}

/** Where a provider puts what an answer says. */
export interface ChatStyle {
  /** Where reasoning goes: a field of the message or delta, or `<think>` tags in the content. Default `reasoning_content`. */
  readonly reasoning?: 'reasoning_content' | 'reasoning' | 'think-tags'
}

/** The members of an answer with their fixed values, lists instead of single pieces. */
export interface CompleteAnswer {
  readonly head: { readonly id: string; readonly created: number; readonly model: string }
  readonly text: readonly string[]
  readonly reasoning: readonly string[]
  readonly refusal: readonly string[]
  readonly toolCalls: readonly {
    readonly id: string
    readonly name: string
    readonly type: 'function' | 'custom'
    readonly fragments: readonly string[]
  }[]
  readonly finishReason: string
  readonly usage: ChatUsage
  readonly choices: number
}

/** Fills in what an answer leaves open, and moves reasoning into the text for the `think-tags` style. */
export function completeAnswer(answer: ChatAnswer, style: ChatStyle): CompleteAnswer {
  const reasoning = toList(answer.reasoning)
  const inTags = style.reasoning === 'think-tags' && reasoning.length > 0
  const text = toList(answer.text)
  const calls = answer.toolCalls ?? []
  return {
    head: {
      id: answer.id ?? 'chatcmpl-fake',
      created: answer.created ?? 1_700_000_000,
      model: answer.model ?? 'fake-chat',
    },
    text: inTags ? ['<think>', ...reasoning, '</think>', '\n\n', ...text] : text,
    reasoning: inTags ? [] : reasoning,
    refusal: toList(answer.refusal),
    toolCalls: calls.map((call, index) => ({
      id: call.id ?? `call_${index}`,
      name: call.name,
      type: call.type ?? 'function',
      fragments: toList(call.arguments),
    })),
    finishReason: answer.finishReason ?? (calls.length > 0 ? 'tool_calls' : 'stop'),
    usage: answer.usage ?? { promptTokens: 1, completionTokens: 1 },
    choices: answer.choices ?? 1,
  }
}

/** A call's body in the words of the wire, under the name of its type; in deltas either member may be missing (OpenAI Chat 1.5, 1.6). */
export function wireCall(
  type: 'function' | 'custom',
  { name, text }: { readonly name?: string; readonly text: string },
): Record<string, unknown> {
  const input = type === 'custom' ? { input: text } : { arguments: text }
  return { [type]: { ...(name !== undefined && { name }), ...input } }
}

/** Usage in the words of the wire. */
export function wireUsage(usage: ChatUsage): Record<string, unknown> {
  const { promptTokens, completionTokens, cachedTokens, reasoningTokens } = usage
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    ...(cachedTokens !== undefined && { prompt_tokens_details: { cached_tokens: cachedTokens } }),
    ...(reasoningTokens !== undefined && {
      completion_tokens_details: { reasoning_tokens: reasoningTokens },
    }),
  }
}

function toList(pieces: Pieces | undefined): readonly string[] {
  if (pieces === undefined) return []
  return typeof pieces === 'string' ? [pieces] : pieces
}
