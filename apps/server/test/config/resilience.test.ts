import { describe, expect, it } from 'vitest'
import { gatewayConfig } from '../../src/gateway-config.ts'
import { loadYaml } from './load-yaml.ts'

async function configOf(text: string) {
  return gatewayConfig(await loadYaml(text))
}

describe('what a provider’s failures lead to', () => {
  it('is configured for the gateway', async () => {
    const { breaker, retryBudget, limits, network } = await configOf(`
breaker: {failures: 3, failure_rate: 0.25, minimum: 4, window: 1m, open: 5s, max_open: 10m}
retry_budget: {ratio: 0.5, minimum: 2}
retry_empty_answers: 1
timeouts: {first_token: 20s}
`)

    expect(breaker).toEqual({
      failures: 3,
      failureRate: 0.25,
      minimum: 4,
      windowMs: 60_000,
      openMs: 5_000,
      maxOpenMs: 600_000,
    })
    expect(retryBudget).toEqual({ ratio: 0.5, minimum: 2 })
    expect(limits).toMatchObject({ retryEmptyAnswers: 1 })
    expect(network).toMatchObject({ timeouts: { firstTokenMs: 20_000 } })
  })

  it('can do without a breaker', async () => {
    const { breaker } = await configOf('breaker: {enabled: false}')

    expect(breaker).toBe(false)
  })

  it.each([
    'breaker: {failures: 0}',
    'breaker: {failure_rate: 2}',
    'breaker: {failure: 5}',
    'retry_budget: {ratio: -1}',
    'retry_empty_answers: 6',
    'timeouts: {first_token: soon}',
  ])('is refused where it means nothing: %s', async (text) => {
    await expect(loadYaml(text)).rejects.toThrow()
  })
})
