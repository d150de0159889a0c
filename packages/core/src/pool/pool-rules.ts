import type { GatewayConfig } from '../config.ts'
import { defaultBreakerRules } from './breaker.ts'
import { type CooldownRules, defaultCooldownRules } from './exclusion.ts'
import { defaultRetryRules, type RetryRules } from './retry-budget.ts'

/** What all pools of a gateway go by. */
export interface PoolRules {
  readonly cooldown: CooldownRules
  readonly retries: RetryRules
}

/** The rules that an operator sets, complete. */
export function poolRules({
  breaker,
  retryBudget,
}: Pick<GatewayConfig, 'breaker' | 'retryBudget'>): PoolRules {
  const { breaker: _, ...cooldown } = defaultCooldownRules
  return {
    cooldown:
      breaker === false
        ? cooldown
        : { ...cooldown, breaker: { ...defaultBreakerRules, ...breaker } },
    retries: { ...defaultRetryRules, ...retryBudget },
  }
}
