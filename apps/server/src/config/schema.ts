import type { Secret } from '@jackfield/core'
import Type from 'typebox'
import { commandSettings } from './command-settings.ts'
import { choice, quantity, secret, section } from './schema-parts.ts'
import { backendRouting, parameters, routingSettings } from './schema-routing.ts'

// A backend's name is also what stands before the `:` of a selector.
const backendNamePattern = '^[a-z0-9-]{1,64}$'

// A key travels in an HTTP header: visible ASCII, nothing that would end the header or be trimmed from it.
const keyPattern = '^[\\x21-\\x7e]+$'
const keyForm = 'a key of visible characters without spaces'

/** The options that credentials and addresses have in every backend, with the spellings that users may know. */
export const backendAliases: Readonly<Record<string, readonly string[]>> = {
  api_keys: ['api_key'],
  base_url: ['api_url'],
}

/** The form of `api_keys` of a backend, whatever its own schema says of them. */
export const backendKeys = Type.Array(
  secret({ description: 'A key of the provider.', pattern: keyPattern, expects: keyForm }),
  { commas: true, expects: 'a list of keys, or one text with commas between them' },
)

/** What every backend has, whatever its type. The other options are the plugin's. */
export const backendEntry = Type.Object(
  {
    type: Type.Optional(
      Type.String({
        pattern: '^(@[a-z0-9._-]+/)?[a-z0-9._-]+$',
        expects: 'the type of a backend, or the full name of its package',
        description:
          'Kind of backend: `internlm` is the package `@jackfield/backend-internlm`; a third party’s package is named in full. Default: the name of the backend.',
      }),
    ),
    enabled: Type.Boolean({ default: true, description: '`false` ignores this backend.' }),
    pool: section('How requests are spread over its keys, accounts or servers.', {
      strategy: Type.Optional(
        choice(['round-robin', 'weighted'], {
          description: 'How a target is chosen. Default: what the backend prefers.',
        }),
      ),
      affinity: Type.Optional(
        choice(['none', 'soft'], {
          description:
            '`soft` keeps a conversation on its target while that is healthy, which keeps the provider’s prompt cache warm. Default: what the backend prefers.',
        }),
      ),
    }),
    routing: backendRouting,
  },
  { additionalProperties: true, expects: 'the options of a backend' },
)

const clientKey = Type.Union([
  secret({ description: 'A key.', pattern: keyPattern, expects: keyForm }),
  Type.Object(
    {
      name: Type.String({
        pattern: '^[A-Za-z0-9._@-]{1,64}$',
        expects: 'a name of letters, digits, dots, dashes and underscores',
        description: 'What logs show instead of the key.',
      }),
      key: secret({ description: 'The key.', pattern: keyPattern, expects: keyForm }),
      backends: Type.Optional(
        Type.Array(Type.String({ pattern: backendNamePattern, expects: 'the name of a backend' }), {
          description: 'Backends that its holder may use. Default: all.',
        }),
      ),
    },
    { additionalProperties: false, expects: 'a mapping with name and key' },
  ),
])

/** The whole configuration. Flags, variables, validation, the schema for editors and the reference page come from it. */
export const configSchema = Type.Object(
  {
    host: Type.String({
      default: '127.0.0.1',
      pattern: '^[A-Za-z0-9.:_%-]+$',
      expects: 'an address or host name without port',
      flag: ['host'],
      environment: ['APP_HOST'],
      restart: true,
      description:
        'Address to listen on. Anything but the loopback interface needs `api_keys`, or `allow_unauthenticated_remote`.',
    }),
    port: Type.Integer({
      default: 8000,
      minimum: 0,
      maximum: 65_535,
      flag: ['port'],
      environment: ['APP_PORT', 'PROXY_PORT'],
      restart: true,
      description: 'Port to listen on. `0` takes any free one.',
    }),
    backends: Type.Record(Type.String({ pattern: backendNamePattern }), backendEntry, {
      default: {},
      additionalProperties: false,
      expects: 'names of lower-case letters, digits and dashes, each with its options',
      description:
        'The backends by name. Without any, every installed backend whose key variables are set is enabled under the name of its type; `echo` if there is none.',
    }),
    ...routingSettings,
    disable_hybrid_backend: Type.Boolean({
      default: false,
      flag: ['disable-hybrid-backend'],
      environment: ['DISABLE_HYBRID_BACKEND'],
      alias: ['backends.disable_hybrid_backend'],
      description:
        'Switches off backends of the type `hybrid`, which else serve beside every other one without being configured.',
    }),
    ...commandSettings,
    parameters: section('Parameters that the operator sets for every request.', {
      forced: parameters('Stand above what clients, selectors and sessions say.'),
      defaults: parameters('Stand where nobody says anything.'),
    }),
    ensure_usage: Type.Boolean({
      default: false,
      description:
        'Asks providers for the token usage of every stream, and keeps that part from clients that did not ask for it.',
    }),
    validate_answers: Type.Number({
      default: 0,
      minimum: 0,
      maximum: 1,
      expects: 'a number between 0 and 1',
      description:
        'Share of the answers that are held against the rules of the client’s protocol. What breaks them is logged; nothing is changed or held back.',
    }),
    api_keys: Type.Array(clientKey, {
      default: [],
      flag: ['api-key'],
      commas: true,
      expects: 'a list of keys, each a text or a mapping with name and key',
      description:
        'Keys that clients authenticate with: texts, or mappings with `name`, `key` and `backends`. Without any, every caller is accepted as the one local user.',
    }),
    allow_unauthenticated_remote: Type.Boolean({
      default: false,
      flag: ['allow-unauthenticated-remote'],
      description:
        'Accepts callers from other machines without any key: whoever reaches the port uses your accounts.',
    }),
    allowed_hosts: Type.Array(
      Type.String({
        pattern: '^([A-Za-z0-9_.-]+|\\[[0-9A-Fa-f:.]+\\])$',
        expects: 'a host name without port',
      }),
      {
        default: [],
        commas: true,
        description:
          'Host names besides `localhost`, `127.0.0.1` and `[::1]` that requests may carry in `Host` while the gateway listens on the loopback interface. Others are refused, which stops web pages that rebind their name.',
      },
    ),
    max_body_size: quantity('size', {
      default: '32MB',
      restart: true,
      description: 'Largest request body; a larger one is answered with 413.',
    }),
    max_response_size: quantity('size', {
      default: '64MB',
      description: 'Largest answer of a provider that is not a stream.',
    }),
    error_shape: choice(['auto', 'nested', 'string'], {
      default: 'auto',
      restart: true,
      description:
        'Form of errors: `nested` objects as OpenAI has them, or `{"error": "text"}`. `auto`: nested below `/v1`, text on bare paths.',
    }),
    timeouts: section(
      'Limits of requests to providers, where a backend sets none; `0` switches one off.',
      {
        connect: quantity('duration', {
          default: '10s',
          description: 'Until the connection stands.',
        }),
        first_byte: quantity('duration', {
          default: '5m',
          description: 'From sending a request to the first byte of its answer.',
        }),
        first_token: quantity('duration', {
          default: '0',
          description:
            'From the start of an attempt to the first meaningful part of a stream. A stream that shows nothing in time goes on to the next target. Not for whole answers.',
        }),
        idle: quantity('duration', {
          default: '2m',
          description: 'Between two pieces of an answer.',
        }),
        total: quantity('duration', {
          default: '10m',
          description: 'From sending a request to the end of an answer that is not a stream.',
        }),
      },
    ),
    upstream_proxy: Type.Optional(
      Type.String({
        pattern: '^https?://[^\\s/]+/?$',
        expects: 'a URL such as http://proxy.example:3128',
        description:
          'Forward proxy for requests to providers. `HTTP_PROXY` and its like are not read.',
      }),
    ),
    hold: quantity('duration', {
      default: '15s',
      description:
        'Silence after which a streaming client is kept alive, which commits status 200. Until then a failure may still go to another target. `0`: never.',
    }),
    keep_alive: quantity('duration', {
      default: '15s',
      description: 'Distance between two signs of life after that.',
    }),
    max_tries: Type.Integer({
      default: 4,
      minimum: 1,
      maximum: 100,
      description: 'Attempts for one request, over all its targets.',
    }),
    max_wait: quantity('duration', {
      default: '10s',
      description:
        'Longest wait for the time that a provider named before the request goes on to the next target or is refused.',
    }),
    retry_window: quantity('duration', {
      default: '90s',
      description:
        'No further attempt starts later than this after a request arrived; `0`: no limit.',
    }),
    retry_empty_answers: Type.Integer({
      default: 0,
      minimum: 0,
      maximum: 5,
      description:
        'How often a request is repeated whose answer ends well but has nothing in it. `0`: an empty answer is an answer.',
    }),
    retry_budget: section(
      'Keeps requests from multiplying where a provider is in trouble. Beyond it a request fails, or goes on to another backend, after its first attempt at a backend.',
      {
        ratio: Type.Number({
          default: 0.2,
          minimum: 0,
          maximum: 100,
          expects: 'a number between 0 and 100',
          description:
            'Further attempts because the provider is in trouble, as a share of the requests that began at the backend in the last ten seconds.',
        }),
        minimum: Type.Integer({
          default: 10,
          minimum: 0,
          maximum: 1_000_000,
          description: 'Further attempts in ten seconds that are allowed in any case.',
        }),
      },
    ),
    breaker: section(
      'When a key, account or server that fails is left alone for longer. It is still used when nothing else is left.',
      {
        enabled: Type.Boolean({
          default: true,
          description: '`false`: it is only backed off from, up to a minute.',
        }),
        failures: Type.Integer({
          default: 5,
          minimum: 1,
          maximum: 1_000_000,
          description: 'Failures in a row after which it is left alone.',
        }),
        failure_rate: Type.Number({
          default: 0.5,
          minimum: 0,
          maximum: 1,
          expects: 'a number between 0 and 1',
          description: 'Share of its outcomes in the window above which it is left alone.',
        }),
        minimum: Type.Integer({
          default: 10,
          minimum: 1,
          maximum: 1_000_000,
          description: 'Outcomes in the window below which that share means nothing.',
        }),
        window: quantity('duration', {
          default: '30s',
          description: 'How long outcomes are counted. `0`: only failures in a row count.',
        }),
        open: quantity('duration', {
          default: '30s',
          description:
            'For how long it is left alone at first, until one request at a time tries it. Doubles whenever that fails.',
        }),
        max_open: quantity('duration', {
          default: '5m',
          description: 'For how long at most.',
        }),
      },
    ),
    shutdown_grace: quantity('duration', {
      default: '30s',
      restart: true,
      description: 'How long open requests may go on after the gateway was told to stop.',
    }),
    log: section('The log.', {
      level: choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
        default: 'info',
        flag: ['log-level'],
        environment: ['LOG_LEVEL'],
        synonyms: { warning: 'warn', critical: 'fatal' },
        description: 'Least important lines that are written.',
      }),
      format: choice(['auto', 'pretty', 'json'], {
        default: 'auto',
        flag: ['log-format'],
        restart: true,
        description: '`auto`: pretty on a terminal, JSON otherwise.',
      }),
    }),
  },
  { additionalProperties: false, description: 'The configuration of the Jackfield gateway.' },
)

/** A value and everything in it as something to read only. */
type Frozen<Value> = Value extends (infer Item)[]
  ? readonly Frozen<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Frozen<Value[Key]> }
    : Value

type Written = Type.Static<typeof configSchema>

/** A key of clients. */
export interface ClientKeySetting {
  /** What logs show. */
  readonly name: string
  readonly key: Secret
  readonly backends?: readonly string[]
}

/**
 * The effective configuration without its backends: complete with defaults, durations in milliseconds, sizes in bytes,
 * frozen. Keys are those of the file.
 */
export type ServerConfig = Frozen<Omit<Written, 'backends' | 'api_keys'>> & {
  readonly api_keys: readonly ClientKeySetting[]
}
