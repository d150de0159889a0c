import { GatewayError, type ReasoningEffort, reasoningEfforts } from '@jackfield/core'
import Type, { type Static } from 'typebox'

const defaults = {
  reasoning_injection_probability: 1,
  reasoning_force_initial_turns: 1,
  repeat_messages: false,
  reasoning_timeout: '60s',
  execution_timeout: '120s',
  reasoning_latency_threshold: '8s',
  reasoning_backoff_turns: 2,
  reasoning_effort: 'high',
  execution_effort: 'low',
  incompatible_reasoning_backends: ['gemini-oauth-plan', 'gemini-oauth-free', 'antigravity-oauth'],
} as const

// `quantity` and `commas` are words of the server: it hands on durations in milliseconds, and lists with commas as lists.
const duration = (usual: string, description: string) =>
  Type.Optional(
    Type.Unsafe<number | string>({
      type: ['string', 'number'],
      minimum: 0,
      quantity: 'duration',
      default: usual,
      description,
    }),
  )

const effort = (usual: ReasoningEffort, description: string) =>
  Type.Optional(
    Type.Unsafe<ReasoningEffort>({
      type: 'string',
      enum: [...reasoningEfforts],
      default: usual,
      description,
    }),
  )

const count = (usual: number, description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, default: usual, description }))

/** What operators may write. */
export const optionsSchema = Type.Object(
  {
    reasoning_injection_probability: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        default: defaults.reasoning_injection_probability,
        description: 'Share of the turns in which the reasoning model is asked.',
      }),
    ),
    reasoning_force_initial_turns: count(
      defaults.reasoning_force_initial_turns,
      'First turns of a conversation in which it is always asked. Answers of a model so far decide which turn it is.',
    ),
    repeat_messages: Type.Optional(
      Type.Boolean({
        default: defaults.repeat_messages,
        description:
          'Also gives the execution model the reasoning as an assistant’s last message, where its protocol has a place for it.',
      }),
    ),
    reasoning_timeout: duration(
      defaults.reasoning_timeout,
      'How long the reasoning model may take. What it thought until then is used. `0`: no limit.',
    ),
    execution_timeout: duration(
      defaults.execution_timeout,
      'How long the execution model may take to the first meaningful part of a stream, or to the end of an answer that is none. `0`: no limit.',
    ),
    reasoning_latency_threshold: duration(
      defaults.reasoning_latency_threshold,
      'Reasoning that takes longer is left out of the next turns. `0`: never.',
    ),
    reasoning_backoff_turns: count(
      defaults.reasoning_backoff_turns,
      'For how many turns. `0`: for none.',
    ),
    reasoning_effort: effort(
      defaults.reasoning_effort,
      'How hard the reasoning model is asked to think, where neither request nor selector says it.',
    ),
    execution_effort: effort(defaults.execution_effort, 'The same for the execution model.'),
    incompatible_reasoning_backends: Type.Optional(
      Type.Array(Type.String({ pattern: '^[a-z0-9-]{1,64}$', expects: 'the name of a backend' }), {
        commas: true,
        default: [...defaults.incompatible_reasoning_backends],
        description:
          'Names of backends that are refused as reasoning model, because they show no reasoning.',
      }),
    ),
  },
  { additionalProperties: false },
)

/** Options of the hybrid backend, all of which have a default. */
export type HybridOptions = Static<typeof optionsSchema>

/** The options, complete. Times in milliseconds; `0` switches off what it is a limit of. */
export interface HybridSettings {
  readonly probability: number
  readonly forcedTurns: number
  readonly repeatsMessages: boolean
  readonly reasoningTimeoutMs: number
  readonly executionTimeoutMs: number
  readonly slowMs: number
  readonly backoffTurns: number
  readonly reasoningEffort: ReasoningEffort
  readonly executionEffort: ReasoningEffort
  readonly incompatible: ReadonlySet<string>
}

/** Completes options. Throws `config_invalid` for a text that is no duration. */
export function settingsOf(options: HybridOptions): HybridSettings {
  const given = { ...defaults, ...options }
  return {
    probability: given.reasoning_injection_probability,
    forcedTurns: given.reasoning_force_initial_turns,
    repeatsMessages: given.repeat_messages,
    reasoningTimeoutMs: milliseconds(given.reasoning_timeout),
    executionTimeoutMs: milliseconds(given.execution_timeout),
    slowMs: milliseconds(given.reasoning_latency_threshold),
    backoffTurns: given.reasoning_backoff_turns,
    reasoningEffort: given.reasoning_effort,
    executionEffort: given.execution_effort,
    incompatible: new Set(given.incompatible_reasoning_backends),
  }
}

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A number is milliseconds already; a text has its unit, or counts seconds. */
function milliseconds(duration: number | string): number {
  if (typeof duration === 'number') return duration
  const [, amount, unit = 's'] = /^ *(\d+(?:\.\d+)?) *(ms|s|m|h|d)? *$/.exec(duration) ?? []
  if (amount === undefined) {
    throw new GatewayError('config_invalid', `"${duration}" is not a duration such as 30s.`)
  }
  return Number(amount) * units[unit as keyof typeof units]
}
