import type { ChatRequest, EncodedRequest, JsonObject, RequestChanges } from '@jackfield/core'
import { createToolNames, foreignMembers, mergeObjects } from '@jackfield/dialect-kit'
import { ownMembers } from '../leftover.ts'
import { anthropicName } from '../names.ts'
import type { Variant } from '../options.ts'
import { plainText } from './encode-block.ts'
import { type Conversation, encodeConversation } from './encode-messages.ts'
import { type EncodedOutput, encodeOutput } from './encode-output.ts'
import {
  dropUnknown,
  encodePlain,
  encodeSampling,
  refuseUntranslatable,
} from './encode-parameters.ts'
import type { EncodeState } from './encode-state.ts'
import { planThinking, type ThinkingPlan } from './encode-thinking.ts'
import { encodeTools, isForced } from './encode-tools.ts'
import { limitMarks } from './limit-marks.ts'
import { calledTools, isOpenLoop, isPrefill, loopThinks, messageOf } from './turns.ts'

/** Names of tools (protocol reference 3.4). */
const toolNameRule = { pattern: /^[a-zA-Z0-9_-]+$/, maxLength: 128 }

/**
 * A request in a provider's words, legal for a strict one. What the protocol cannot say is named in `dropped`, as clients of OpenAI's
 * chat completions name it; what it says in another way is in `changes`.
 *
 * @throws GatewayError `unsupported_capability` where leaving something out would change what is asked: several candidates, the
 * continuation of a stored answer, media that the protocol cannot carry.
 */
export function encodeRequest(request: ChatRequest, variant: Variant): EncodedRequest {
  refuseUntranslatable(request)
  const names = createToolNames(request.tools ?? [], toolNameRule)
  const dropped = foreignMembers(request, anthropicName)
  const facts = variant.models(request.model)
  const state: EncodeState = { variant, facts, dropped, toolName: (name) => names.sent(name) }
  const conversation = encodeConversation(request, state)
  const tools = encodeTools(request, calledTools(conversation.turns), state)
  const output = encodeOutput(request, tools, state)
  const plan = planThinking(request.reasoning, {
    facts,
    variant,
    limit: request.maxOutputTokens,
    isBlocked: isForced(output.tools.choice) || !mayThink(conversation),
  })
  if (plan.isRefused) dropped.add('reasoning')
  dropUnknown(request, dropped)
  const wire = {
    model: request.model,
    max_tokens: plan.maxTokens,
    ...(request.stream ? { stream: true } : {}),
    ...encodeSystem(conversation, output),
    messages: conversation.turns.map(messageOf),
    ...encodeToolMembers(output),
    ...encodeAsked(plan, output),
    ...encodeSampling(request, plan.isOn, state),
    ...encodePlain(request, state),
  }
  const body = limitMarks(mergeObjects(ownRest(request, plan, output), wire), dropped)
  return { body, dropped: [...dropped], ...changesOf(request, output, names.changes) }
}

/** Providers want the thinking of an open tool loop back, and refuse to think behind words of the client's own. */
function mayThink({ turns }: Conversation): boolean {
  if (isOpenLoop(turns)) return loopThinks(turns)
  return !isPrefill(turns)
}

function encodeSystem({ system }: Conversation, { instructions }: EncodedOutput): JsonObject {
  const blocks = [...system, ...instructions]
  const [only] = blocks
  if (only === undefined) return {}
  return { system: blocks.length === 1 ? (plainText(only) ?? blocks) : blocks }
}

function encodeToolMembers({ tools: { tools, choice } }: EncodedOutput): JsonObject {
  if (tools.length === 0) return {}
  return { tools, ...(choice === undefined ? {} : { tool_choice: choice }) }
}

function encodeAsked({ thinking, effort }: ThinkingPlan, { format }: EncodedOutput): JsonObject {
  const config = {
    ...(effort === undefined ? {} : { effort }),
    ...(format === undefined ? {} : { format }),
  }
  return {
    ...(thinking === undefined ? {} : { thinking }),
    ...(Object.keys(config).length === 0 ? {} : { output_config: config }),
  }
}

/** What only this dialect's own clients say. Of thinking nothing is left where it had to be switched off. */
function ownRest(
  { extensions }: ChatRequest,
  plan: ThinkingPlan,
  { tools }: EncodedOutput,
): JsonObject {
  const { thinking, tool_choice: choice, ...rest } = ownMembers(extensions)
  return {
    ...rest,
    ...(thinking === undefined || plan.thinking?.['type'] === 'disabled' ? {} : { thinking }),
    ...(choice === undefined || tools.choice === undefined ? {} : { tool_choice: choice }),
  }
}

function changesOf(
  { tools = [] }: ChatRequest,
  { outputTool }: EncodedOutput,
  toolNames: ReadonlyMap<string, string> | undefined,
): Pick<EncodedRequest, 'changes'> {
  const custom = tools.filter((tool) => tool.type === 'custom').map(({ name }) => name)
  const changes: RequestChanges = {
    ...(toolNames === undefined ? {} : { toolNames }),
    ...(custom.length === 0 ? {} : { customTools: new Set(custom) }),
    ...(outputTool === undefined ? {} : { outputTool }),
  }
  return Object.keys(changes).length === 0 ? {} : { changes }
}
