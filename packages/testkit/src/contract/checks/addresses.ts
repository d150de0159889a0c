import assert from 'node:assert/strict'
import { type LaneCheck, onLanes, type Theme } from '../check.ts'
import { providerLanes } from '../lanes.ts'
import type { RigSetup } from '../rig/start-rig.ts'

interface Address {
  readonly id: string
  readonly title: string
  /** The base URL that is configured. */
  readonly url: NonNullable<RigSetup['url']>
  /** What then stands before the provider's own path. */
  readonly prefix: string
}

const addressesToTake: readonly Address[] = [
  {
    id: 'slash',
    title: 'with a slash at its end',
    url: ({ baseUrl }) => `${baseUrl}/`,
    prefix: '',
  },
  {
    id: 'origin',
    title: 'without path or version',
    url: ({ server }) => server.url,
    prefix: '',
  },
  {
    id: 'prefix',
    title: 'with a path of its own before the version',
    url: ({ server, baseUrl }) => baseUrl.replace(server.url, `${server.url}/team/gate`),
    prefix: '/team/gate',
  },
]

function takes({ id, title, url, prefix }: Address): LaneCheck {
  return {
    id: `addresses.${id}`,
    title: `takes a base URL ${title}`,
    async run(hands, lane) {
      const usual = await hands.rig()
      await usual.ask(lane)
      const rig = await hands.rig({ url })
      rig.says(lane, { text: 'Found.' })

      await rig.ask(lane)

      assert.equal(rig.server.requests[0]?.path, `${prefix}${usual.server.requests[0]?.path}`)
    },
  }
}

/** The provider's address, as people write it. */
export const addresses: Theme = ({ lanes, capabilities }) =>
  capabilities.baseUrl
    ? onLanes(providerLanes(lanes).slice(0, 1), ...addressesToTake.map(takes))
    : []
