import type { BackendConfig, CallParameters, GatewayConfig } from '@jackfield/core'
import type { ConfiguredBackend } from './config/backends.ts'
import type { LoadedConfig } from './config/load.ts'
import type { ServerConfig } from './config/schema.ts'

/** The configuration of the core gateway, from the server's. */
export function gatewayConfig({ config, backends }: LoadedConfig): GatewayConfig {
  return {
    backends: backends.map(backendConfig),
    ...routesOf(config),
    parameters: {
      forced: callParameters(config.parameters?.forced),
      defaults: callParameters(config.parameters?.defaults),
      modelDefaults: mapValues(config.model_defaults, callParameters),
    },
    ensureUsage: config.ensure_usage,
    validateAnswers: config.validate_answers,
    clientKeys: config.api_keys,
    limits: {
      maxTries: config.max_tries,
      maxAttemptsMs: config.retry_window,
      maxWaitMs: config.max_wait,
      holdMs: config.hold,
      keepAliveMs: config.keep_alive,
      retryEmptyAnswers: config.retry_empty_answers,
    },
    breaker: breakerRules(config),
    retryBudget: { ratio: config.retry_budget.ratio, minimum: config.retry_budget.minimum },
    network: {
      maxResponseBytes: config.max_response_size,
      timeouts: {
        connectMs: config.timeouts.connect,
        firstByteMs: config.timeouts.first_byte,
        firstTokenMs: config.timeouts.first_token,
        idleMs: config.timeouts.idle,
        totalMs: config.timeouts.total,
      },
      ...(config.upstream_proxy === undefined ? {} : { proxyUrl: config.upstream_proxy }),
    },
  }
}

function breakerRules({ breaker }: ServerConfig): NonNullable<GatewayConfig['breaker']> {
  if (!breaker.enabled) return false
  return {
    failures: breaker.failures,
    failureRate: breaker.failure_rate,
    minimum: breaker.minimum,
    windowMs: breaker.window,
    openMs: breaker.open,
    maxOpenMs: breaker.max_open,
  }
}

function backendConfig(backend: ConfiguredBackend): BackendConfig {
  const { name, plugin, options, pool, rank } = backend
  return { name, plugin, options, pool, rank }
}

function routesOf(config: ServerConfig): Partial<GatewayConfig> {
  const { default_backend, static_route, force_model } = config
  return {
    modelAliases: config.model_aliases,
    failoverRoutes: config.failover_routes,
    modelPreference: config.model_preference,
    ...(default_backend === undefined ? {} : { defaultBackend: default_backend }),
    ...(static_route === undefined ? {} : { staticRoute: static_route }),
    ...(force_model === undefined ? {} : { forceModel: force_model }),
  }
}

function mapValues<Value, Result>(
  values: Readonly<Record<string, Value>>,
  convert: (value: Value) => Result,
): Readonly<Record<string, Result>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, convert(value)]))
}

type WrittenParameters = NonNullable<ServerConfig['parameters']>['forced']

function callParameters(written: WrittenParameters): CallParameters {
  if (written === undefined) return {}
  const { temperature, top_p, top_k, reasoning_effort, verbosity, max_output_tokens } = written
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(top_p === undefined ? {} : { topP: top_p }),
    ...(top_k === undefined ? {} : { topK: top_k }),
    ...(reasoning_effort === undefined ? {} : { reasoningEffort: reasoning_effort }),
    ...(verbosity === undefined ? {} : { verbosity }),
    ...(max_output_tokens === undefined ? {} : { maxOutputTokens: max_output_tokens }),
  }
}
