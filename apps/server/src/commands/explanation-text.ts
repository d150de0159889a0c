import { table } from '../table.ts'

/** What the gateway answers to the question where a request would go, as far as it is printed. */
export interface ExplanationDocument {
  readonly operation: string
  readonly dialect: string
  readonly model?: string
  readonly principal: string
  readonly prompt_tokens?: number
  readonly decision: readonly string[]
  readonly warnings: readonly string[]
  readonly branches: readonly {
    readonly delay_ms: number
    readonly places: readonly PlaceDocument[]
  }[]
  readonly skipped: readonly (Address & { readonly reason: string })[]
  readonly reply?: string
  readonly error?: { readonly code: string; readonly status: number; readonly message: string }
}

interface Address {
  readonly backend: string
  readonly target?: string
  readonly model: string
}

interface PlaceDocument extends Address {
  readonly way: string
  readonly overrides: Readonly<Record<string, unknown>>
  readonly defaults: Readonly<Record<string, unknown>>
  readonly targets: readonly TargetDocument[]
}

interface TargetDocument {
  readonly name: string
  readonly state: string
  readonly in_flight: number
  readonly reason?: string
  readonly recovers_in_seconds?: number
  readonly models?: readonly {
    readonly model: string
    readonly reason: string
    readonly recovers_in_seconds?: number
  }[]
}

/** An explanation for people. Of what a terminal would obey nothing is left. */
export function explanationText(document: ExplanationDocument): string {
  const { decision, branches, skipped, warnings } = document
  const parts = [
    [headline(document)],
    section('Decision', decision),
    ...outcome(document),
    ...branches.map((branch, at) =>
      section(titleOf(branch, at, branches.length), placesOf(branch)),
    ),
    section('Left out', table(skipped.map((place) => [addressOf(place), place.reason]))),
    section('Ignored', warnings),
  ]
  const text = parts.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
  return text.join('\n\n').replaceAll(/(?!\n)\p{Cc}/gu, '�')
}

function headline({ operation, dialect, model, principal, prompt_tokens }: ExplanationDocument) {
  const asked = model === undefined ? 'no model' : `"${model}"`
  const size = prompt_tokens === undefined ? '' : `, about ${prompt_tokens} tokens`
  return `A request for ${asked} (${operation}, ${dialect}${size}) from ${principal}`
}

/** Where it does not go anywhere. */
function outcome({ reply, error }: ExplanationDocument): readonly (readonly string[])[] {
  if (error !== undefined) {
    return [section(`Refused with ${error.status} ${error.code}`, [error.message])]
  }
  return reply === undefined ? [] : [section('Answered by the gateway itself', [reply])]
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)]
}

function titleOf({ delay_ms }: { readonly delay_ms: number }, at: number, legs: number): string {
  if (legs === 1) return 'Goes to'
  const start = delay_ms === 0 ? 'at once' : `after ${delay_ms} ms`
  return `Leg ${at + 1} of the race, ${start}`
}

function placesOf({ places }: { readonly places: readonly PlaceDocument[] }): readonly string[] {
  return places.flatMap((place, at) => [
    `${at + 1}. ${addressOf(place)} (${place.way})`,
    ...parametersOf('set', place.overrides),
    ...parametersOf('unless the request says otherwise', place.defaults),
    ...table(place.targets.map((target) => [target.name, stateOf(target)])).map(indented),
    ...place.targets.flatMap(withoutModels),
  ])
}

function parametersOf(
  how: string,
  parameters: Readonly<Record<string, unknown>>,
): readonly string[] {
  const texts = Object.entries(parameters).map(([name, value]) => `${name}=${String(value)}`)
  return texts.length === 0 ? [] : [indented(`${texts.join(', ')} (${how})`)]
}

function stateOf({ state, in_flight, ...rest }: TargetDocument): string {
  const open = in_flight === 0 ? '' : `, ${in_flight} open`
  return `${state}${open}${whyAndUntil(rest)}`
}

function withoutModels({ name, models = [] }: TargetDocument): readonly string[] {
  return models.map(({ model, ...rest }) =>
    indented(`${name} not for ${model}${whyAndUntil(rest)}`),
  )
}

function whyAndUntil({
  reason,
  recovers_in_seconds: seconds,
}: Pick<TargetDocument, 'reason' | 'recovers_in_seconds'>): string {
  const why = reason === undefined ? '' : `: ${reason}`
  return seconds === undefined ? why : `${why}, again in ${seconds} s`
}

function addressOf({ backend, target, model }: Address): string {
  return target === undefined ? `${backend}:${model}` : `${backend}.${target}:${model}`
}

function indented(line: string): string {
  return `     ${line}`
}
