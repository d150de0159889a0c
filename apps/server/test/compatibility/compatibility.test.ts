import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DialectName, dialects } from './client.ts'
import { failureFeatures } from './failures.ts'
import { type Feature, features } from './features.ts'
import { compatibilityPage, type Result } from './page.ts'
import { startWorld, type World } from './world.ts'

const all: readonly Feature[] = [...features, ...failureFeatures]

const cells = all.flatMap((feature) =>
  dialects.flatMap((client) =>
    dialects.flatMap((provider) =>
      [false, true].map((stream) => ({
        feature,
        client,
        provider,
        stream,
        impossible: feature.impossible?.(client, provider),
      })),
    ),
  ),
)

let world: World
const results: Result[] = []

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

function providerOf(dialect: DialectName) {
  const found = world.providers.find((provider) => provider.dialect === dialect)
  if (found === undefined) throw new Error(`there is no provider of ${dialect}`)
  return found
}

describe.each(dialects)('a client of %s', (client) => {
  const own = cells.filter((cell) => cell.client === client && cell.impossible === undefined)

  it.each(
    own.map(
      (cell) =>
        [cell.feature.name, cell.provider, cell.stream ? 'streamed' : 'whole', cell] as const,
    ),
  )('%s, with a provider of %s, %s', async (_name, provider, _form, { feature, stream }) => {
    await feature.run({
      client: world.client(client, provider),
      provider: providerOf(provider),
      stream,
    })

    results.push({ feature: feature.name, client, provider, stream })
  })
})

it('breaks the protocol of no client', () => {
  const broken = world.gateway.log.filter(({ msg }) => msg === 'answer breaks its protocol')
  const calls = world.gateway.log.filter(
    ({ msg, callId }) => msg === 'call' && broken.some((line) => line['callId'] === callId),
  )

  expect({ broken, calls }).toEqual({ broken: [], calls: [] })
})

it('is described by the page; run "npm run docs:compatibility" when this fails', async () => {
  const page = compatibilityPage(cells, results)

  await expect(page).toMatchFileSnapshot('../../../../docs/reference/compatibility.md')
})
