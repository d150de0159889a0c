import { GatewayError, type Model, type NamedSecret, type Timeouts } from '@jackfield/core'
import Type, { type Static } from 'typebox'
import type { NamedKey } from './targets/key-targets.ts'

/*
 * Schemas describe what operators write. The keywords `quantity`, `secret`, `commas` and `expects` are the server's: it hands on
 * durations in milliseconds, secrets as `{ name, value: Secret }`, lists with commas as lists. Who embeds the gateway may write
 * durations with their unit and plain keys instead.
 */

const duration = (description: string) =>
  Type.Optional(
    Type.Unsafe<number | string>({
      type: ['string', 'number'],
      minimum: 0,
      quantity: 'duration',
      description,
    }),
  )

const timeouts = Type.Object(
  {
    connect: duration('Until the connection stands.'),
    first_byte: duration('From sending a request to the first byte of its answer.'),
    first_token: duration(
      'From the start of an attempt to the first meaningful part of a stream. Not for whole answers.',
    ),
    idle: duration('Between two pieces of an answer.'),
    total: duration('From sending a request to the end of an answer that is not a stream.'),
  },
  {
    additionalProperties: false,
    description: 'Single limits, instead of the gateway’s; `0` switches one off.',
  },
)

const model = Type.Union([
  Type.String({ minLength: 1, description: 'Id of a model.' }),
  Type.Object(
    {
      id: Type.String({ minLength: 1, description: 'Id of the model.' }),
      aliases: Type.Optional(
        Type.Array(Type.String({ minLength: 1 }), { description: 'Other names for it.' }),
      ),
      context_window: Type.Optional(
        Type.Integer({ minimum: 1, description: 'Longest conversation, in tokens.' }),
      ),
      max_output_tokens: Type.Optional(
        Type.Integer({ minimum: 1, description: 'Longest answer, in tokens.' }),
      ),
    },
    { additionalProperties: false, expects: 'a mapping with id' },
  ),
])

/** Options of every backend that speaks HTTP. */
export const httpOptions = {
  timeout: duration(
    'How long an answer may take: to its first byte, and to its end where it is not a stream. `0`: the default.',
  ),
  timeouts: Type.Optional(timeouts),
  headers: Type.Optional(
    Type.Record(
      Type.String({ pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$" }),
      Type.Unsafe<NamedSecret | string>({ type: 'string', secret: true }),
      {
        additionalProperties: false,
        expects: 'the name of a header',
        description: 'Sent with every request. Values are kept secret.',
      },
    ),
  ),
  upstream_proxy: Type.Optional(
    Type.String({
      pattern: '^(direct|https?://[^\\s/]+/?)$',
      expects: 'a URL such as http://proxy.example:3128, or direct',
      description: 'Forward proxy instead of the gateway’s; `direct`: none.',
    }),
  ),
  models: Type.Optional(
    Type.Array(model, {
      commas: true,
      expects: 'a list of models',
      description: 'The models that are listed, instead of asking the provider.',
    }),
  ),
} as const

/** `base_url`, with the provider's own as default. Without one it is required. */
export function baseUrlOption(defaultUrl?: string) {
  const url = Type.String({
    pattern: '^ *https?://',
    expects: 'an http:// or https:// URL',
    description: 'Address of the provider, with or without its version.',
    ...(defaultUrl === undefined ? {} : { default: defaultUrl }),
  })
  return defaultUrl === undefined ? url : Type.Optional(url)
}

/** `api_keys`: requests are spread over them. */
export function apiKeysOption(keys: 'required' | 'optional') {
  const list = Type.Unsafe<readonly (NamedKey | string)[]>({
    type: 'array',
    items: { type: 'string', minLength: 1, secret: true, description: 'A key of the provider.' },
    ...(keys === 'required' ? { minItems: 1 } : {}),
    commas: true,
    expects: 'a list of keys, or one text with commas between them',
    description: 'Keys of the provider. Requests are spread over them.',
  })
  return keys === 'required' ? list : Type.Optional(list)
}

type HttpSchemas = typeof httpOptions

/** {@link httpOptions} as a backend gets them. */
export type HttpOptions = { readonly [Name in keyof HttpSchemas]?: Static<HttpSchemas[Name]> }

/** Options of a backend with keys as it gets them. */
export interface KeyBackendOptions extends HttpOptions {
  readonly base_url?: string
  readonly api_keys?: readonly (NamedKey | string)[]
}

/** The limits that options set; the gateway's hold for the others. */
export function timeoutsOf({ timeout, timeouts = {} }: HttpOptions): Partial<Timeouts> {
  const { connect, first_byte, first_token, idle, total } = timeouts
  const whole = timeout === undefined ? 0 : milliseconds(timeout)
  return {
    ...(whole === 0 ? {} : { firstByteMs: whole, totalMs: whole }),
    ...(connect === undefined ? {} : { connectMs: milliseconds(connect) }),
    ...(first_byte === undefined ? {} : { firstByteMs: milliseconds(first_byte) }),
    ...(first_token === undefined ? {} : { firstTokenMs: milliseconds(first_token) }),
    ...(idle === undefined ? {} : { idleMs: milliseconds(idle) }),
    ...(total === undefined ? {} : { totalMs: milliseconds(total) }),
  }
}

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A number is milliseconds already; a text has its unit, or counts seconds. */
function milliseconds(duration: number | string): number {
  if (typeof duration === 'number') return duration
  const [, amount, unit = 's'] = /^ *(\d+(?:\.\d+)?) *(ms|s|m|h|d)? *$/.exec(duration) ?? []
  if (amount === undefined || !isUnit(unit)) {
    throw new GatewayError('config_invalid', 'A limit of time is not a duration such as 30s.')
  }
  return Math.ceil(Number(amount) * units[unit])
}

function isUnit(unit: string): unit is keyof typeof units {
  return Object.hasOwn(units, unit)
}

/** The models that an operator lists; `undefined` where the provider is to be asked. */
export function modelsOf({ models }: HttpOptions): readonly Model[] | undefined {
  return models?.map((entry) => {
    if (typeof entry === 'string') return { id: entry }
    const { id, aliases, context_window, max_output_tokens } = entry
    return {
      id,
      ...(aliases === undefined ? {} : { aliases }),
      ...(context_window === undefined ? {} : { contextWindow: context_window }),
      ...(max_output_tokens === undefined ? {} : { maxOutputTokens: max_output_tokens }),
    }
  })
}

/** Headers that an operator may not set: they describe the connection, not the request. */
const connectionHeaders =
  /^(connection|content-length|expect|host|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/i

/** The headers that options set, revealed: hand them to a surface and keep no copy. Throws `config_invalid`. */
export function headersOf({ headers = {} }: HttpOptions): Readonly<Record<string, string>> {
  const entries = Object.entries(headers).map(([name, value]) => {
    const text = typeof value === 'string' ? value : value.value.reveal()
    if (connectionHeaders.test(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(text)) {
      throw new GatewayError(
        'config_invalid',
        `headers: ${name} cannot be set, or not to this value.`,
      )
    }
    return [name.toLowerCase(), text] as const
  })
  return Object.fromEntries(entries)
}
