import type { FakeModel } from '../openai/models.ts'
import { type JsonObject, onlyWhen, type Rule } from '../strict/rule.ts'
import { firstProblem, isObject, type Problem } from '../strict/shape.ts'
import { extraInputs } from './closed.ts'
import { isThinking, messageBlocks, type Turn, thinks, turnInToolLoop } from './conversation.ts'
import { betaParameters, samplingParameters } from './field-rules.ts'
import { prefill } from './message-rules.ts'
import type { ReasoningState } from './reasoning-state.ts'
import type { TurnLedger } from './turn-ledger.ts'

/** What a request has to be held against besides itself. */
export interface RequestContext {
  /** Value of `anthropic-version`. */
  readonly version: string
  /** Values of `anthropic-beta`. */
  readonly betas: readonly string[]
  /** The entry of the model; undefined when there is none. */
  readonly model: FakeModel | undefined
  readonly state: ReasoningState
  /** To whom thinking blocks must belong. */
  readonly scope: string
  readonly ledger: TurnLedger
  readonly thinkingFirst: 'own' | 'always'
  readonly prefill: 'allowed' | 'refused'
}

const replaying = (what: string): string => `Anthropic Messages 3.5, Replaying: ${what}`

/** Rules about a request that depend on its headers, its key, its model, or on what the fake has answered before. */
export function contextRules(context: RequestContext) {
  return {
    'beta-fields': overFields(betaParameters, context.betas.length > 0, {
      cites: 'Anthropic Messages 3.2, beta only',
      message: extraInputs,
    }),
    'sampling-fields': overFields(samplingParameters, context.version < '2026-10-21', {
      cites: 'Anthropic Messages 3.1, API versions: gone from the request',
      message: extraInputs,
    }),
    'model-max-tokens': {
      cites: "Anthropic Messages 3.2, max_tokens: above the model's limit",
      check: (body) => tooManyTokens(body, context.model),
    },
    'model-effort': {
      cites: 'Anthropic Messages 3.2, output_config: a level that the model lacks',
      check: (body) => unsupportedEffort(body, context.model),
    },
    'model-thinking': {
      cites: 'Anthropic Messages 3.5, Which types a model accepts',
      check: (body) => unsupportedThinking(body, context.model),
    },
    'model-prefill': {
      cites: 'Anthropic Messages 3.3, Rules: refused by models that do not support it',
      check: (body) => {
        const last = context.prefill === 'refused' ? prefill(body) : undefined
        return last && { at: last.at, message: 'This model does not support assistant prefill' }
      },
    },
    'thinking-budget': {
      cites: 'Anthropic Messages 3.5, Manual: budget_tokens < max_tokens; Interleaved may exceed',
      check: (body) => tooLargeBudget(body, context.betas),
    },
    'thinking-signature': {
      cites: replaying('Missing or altered → 400'),
      check: (body) => foreignState(body, 'thinking', context),
    },
    'redacted-thinking-data': {
      cites: replaying('thinking/redacted_thinking blocks must be sent back unmodified'),
      check: (body) => foreignState(body, 'redacted_thinking', context),
    },
    'thinking-comes-first': {
      cites: replaying('first, with signature'),
      check: (body) => withoutThinking(body, context),
    },
    'thinking-is-whole': {
      cites: replaying('blocks must be sent back unmodified'),
      check: (body) => {
        const turn = thinks(body) ? turnInToolLoop(body) : undefined
        if (!turn || context.ledger.isWhole(turn, context.scope)) return undefined
        const message =
          '`thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified'
        return { at: turn.blocks[0]?.at ?? 'messages', message }
      },
    },
  } as const satisfies Record<string, Rule>
}

function overFields(
  names: readonly string[],
  allowed: boolean,
  condition: { readonly message: string; readonly cites: string },
): Rule {
  const rules = names.map((name) => onlyWhen(name, () => allowed, condition))
  return {
    cites: condition.cites,
    check: (body) => firstProblem(rules, (rule) => rule.check(body)),
  }
}

function tooManyTokens(body: JsonObject, model: FakeModel | undefined): Problem | undefined {
  const limit = model?.['max_tokens']
  const asked = body['max_tokens']
  if (typeof limit !== 'number' || typeof asked !== 'number' || asked <= limit) return undefined
  const message = `${asked} > ${limit}, which is the maximum allowed number of output tokens`
  return { at: 'max_tokens', message }
}

function unsupportedEffort(body: JsonObject, model: FakeModel | undefined): Problem | undefined {
  const effort = memberOf(body['output_config'], 'effort')
  const levels = memberOf(model?.['capabilities'], 'effort')
  if (typeof effort !== 'string' || !isObject(levels) || supports(levels[effort])) return undefined
  const supported = Object.keys(levels).filter((level) => supports(levels[level]))
  const message = `This model does not support effort level '${effort}'. Supported levels: ${supported.join(', ')}.`
  return { at: 'output_config.effort', message }
}

function unsupportedThinking(body: JsonObject, model: FakeModel | undefined): Problem | undefined {
  const type = memberOf(body['thinking'], 'type')
  const types = memberOf(memberOf(model?.['capabilities'], 'thinking'), 'types')
  if (typeof type !== 'string' || !isObject(types) || supports(types[type])) return undefined
  return { at: 'thinking.type', message: `'${type}' is not supported for this model` }
}

function tooLargeBudget(body: JsonObject, betas: readonly string[]): Problem | undefined {
  if (betas.some((beta) => beta.startsWith('interleaved-thinking-'))) return undefined
  const budget = memberOf(body['thinking'], 'budget_tokens')
  const limit = body['max_tokens']
  if (typeof budget !== 'number' || typeof limit !== 'number' || budget < limit) return undefined
  const message = '`max_tokens` must be greater than `thinking.budget_tokens`'
  return { at: 'thinking.budget_tokens', message }
}

function foreignState(
  body: JsonObject,
  type: 'thinking' | 'redacted_thinking',
  { state, scope }: RequestContext,
): Problem | undefined {
  const found = messageBlocks(body).find(
    ({ block }) => block['type'] === type && !state.accepts(block, scope),
  )
  if (!found) return undefined
  const name = type === 'thinking' ? 'signature' : 'data'
  return { at: `${found.at}.${name}`, message: `Invalid \`${name}\` in \`${type}\` block` }
}

function withoutThinking(body: JsonObject, context: RequestContext): Problem | undefined {
  const turn = thinks(body) ? turnInToolLoop(body) : undefined
  const first = turn?.blocks[0]
  if (!turn || !first || isThinking(first.block) || !mustThink(turn, body, context)) {
    return undefined
  }
  const found = String(first.block['type'])
  const message = `Expected \`thinking\` or \`redacted_thinking\`, but found \`${found}\`. When \`thinking\` is on, the assistant turn before tool results must start with the thinking that it started with`
  return { at: `${first.at}.type`, message }
}

function mustThink(turn: Turn, body: JsonObject, context: RequestContext): boolean {
  const always =
    context.thinkingFirst === 'always' && memberOf(body['thinking'], 'type') === 'enabled'
  return always || context.ledger.beganWithThinking(turn, context.scope)
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined
}

/** A capability that is missing or null is not there. */
function supports(capability: unknown): boolean {
  return isObject(capability) && capability['supported'] === true
}
