import type { Pieces } from '../openai/chat-answer.ts'
import type { JsonObject } from '../strict/rule.ts'

/** Text of the model. In a stream each piece is a `text_delta` of its own. */
export interface AnthropicText {
  readonly type: 'text'
  readonly text: Pieces
  /** Citations as they stand on the wire; in a stream they follow the text, one delta each. */
  readonly citations?: readonly JsonObject[]
}

/** Thinking that can be read. */
export interface AnthropicThinking {
  readonly type: 'thinking'
  /** What was thought; empty where the model does not show it. */
  readonly thinking: Pieces
  /** Goes out as it is. Absent: the fake signs; the builders alone write {@link unsigned}. */
  readonly signature?: string
}

/** Thinking that only the provider can read. */
export interface AnthropicRedactedThinking {
  readonly type: 'redacted_thinking'
  /** Goes out as it is. Absent: the fake seals `hidden`; the builders alone write {@link unsigned}. */
  readonly data?: string
  /** What was thought. */
  readonly hidden?: string
}

/** A call of a tool: of the client's, of a server's, of an MCP server's. */
export interface AnthropicToolUse {
  readonly type: 'tool_use' | 'server_tool_use' | 'mcp_tool_use'
  /** Default: `toolu_<position>`, `srvtoolu_<position>` or `mcptoolu_<position>`. */
  readonly id?: string
  readonly name: string
  /** JSON text of an object; in a stream each piece is an `input_json_delta` of its own. */
  readonly input: Pieces
  /** Further members: `caller`, `server_name`, `toolset_name`. */
  readonly members?: JsonObject
}

/** A block without deltas, as it stands on the wire: the results of server tools, `container_upload`, `fallback`. */
export interface AnthropicWholeBlock {
  readonly type: 'whole'
  readonly block: JsonObject
}

/** A block of an answer. */
export type AnthropicBlock =
  | AnthropicText
  | AnthropicThinking
  | AnthropicRedactedThinking
  | AnthropicToolUse
  | AnthropicWholeBlock

/** Counted tokens. `inputTokens` are without those of the cache (Anthropic Messages 3.6). */
export interface AnthropicUsage {
  readonly inputTokens: number
  /** Thinking included. */
  readonly outputTokens: number
  readonly cacheReadTokens?: number
  /** Written to the cache for five minutes. */
  readonly cacheCreationTokens?: number
  /** Written to the cache for an hour. */
  readonly cacheCreation1hTokens?: number
  readonly thinkingTokens?: number
  readonly webSearchRequests?: number
}

/** What the fake model says. Everything absent has a fixed value, so equal answers make equal bytes. */
export interface AnthropicAnswer {
  readonly id?: string
  readonly model?: string
  /** In their order. */
  readonly blocks: readonly AnthropicBlock[]
  /** Default: `tool_use` when the last block is a call of a client's tool, else `end_turn`. */
  readonly stopReason?: string
  readonly stopSequence?: string
  readonly stopDetails?: JsonObject
  readonly container?: JsonObject
  readonly usage?: AnthropicUsage
}

/** How a provider spells an answer, streamed or not. */
export interface AnthropicMessageStyle {
  /** Leaves out members that would be null, as about half of the recorded answers do. */
  readonly lean?: boolean
}

/** Stands where a signature would be when nobody signs. */
export const unsigned = 'c2lnbmF0dXJlIG9mIG5vYm9keQ=='

const idPrefixes = { tool_use: 'toolu', server_tool_use: 'srvtoolu', mcp_tool_use: 'mcptoolu' }

/** Text as a list of pieces. */
export function piecesOf(pieces: Pieces): readonly string[] {
  return typeof pieces === 'string' ? [pieces] : pieces
}

/** Text as a whole. */
export function joined(pieces: Pieces): string {
  return piecesOf(pieces).join('')
}

/** The id of a call at a position of the answer. */
export function callId(block: AnthropicToolUse, position: number): string {
  return block.id ?? `${idPrefixes[block.type]}_${position}`
}

/** Why the answer ended. */
function stopReasonOf(answer: AnthropicAnswer): string {
  return answer.stopReason ?? (answer.blocks.at(-1)?.type === 'tool_use' ? 'tool_use' : 'end_turn')
}

/** The members of a message that are no content. */
export function messageHead(answer: AnthropicAnswer): Record<string, unknown> {
  const { id = 'msg_fake', model = 'fake-chat' } = answer
  return { id, type: 'message', role: 'assistant', model }
}

/** The members that say how a message ended. */
export function messageEnd(
  answer: AnthropicAnswer,
  style: AnthropicMessageStyle,
): Record<string, unknown> {
  const { stopSequence = null, stopDetails = null, container = null } = answer
  return {
    stop_reason: stopReasonOf(answer),
    stop_sequence: stopSequence,
    ...withoutNulls({ stop_details: stopDetails, container }, style),
  }
}

/** Usage in the words of the wire. */
export function anthropicUsage(
  usage: AnthropicUsage = { inputTokens: 1, outputTokens: 1 },
  style: AnthropicMessageStyle = {},
): Record<string, unknown> {
  const short = usage.cacheCreationTokens ?? 0
  const long = usage.cacheCreation1hTokens ?? 0
  const { thinkingTokens, webSearchRequests } = usage
  const searches = { web_search_requests: webSearchRequests, web_fetch_requests: 0 }
  return {
    input_tokens: usage.inputTokens,
    cache_creation_input_tokens: short + long,
    cache_read_input_tokens: usage.cacheReadTokens ?? 0,
    cache_creation: { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long },
    output_tokens: usage.outputTokens,
    service_tier: 'standard',
    ...withoutNulls(
      {
        output_tokens_details:
          thinkingTokens === undefined ? null : { thinking_tokens: thinkingTokens },
        server_tool_use: webSearchRequests === undefined ? null : searches,
      },
      style,
    ),
  }
}

function withoutNulls(
  members: Readonly<Record<string, unknown>>,
  style: AnthropicMessageStyle,
): Record<string, unknown> {
  const kept = Object.entries(members).filter(([, value]) => !style.lean || value !== null)
  return Object.fromEntries(kept)
}
