import type { Handling } from '@jackfield/core'
import type { Capabilities } from './capabilities.ts'
import type { Client } from './wire/client.ts'
import type { ProviderWire } from './wire/provider-wire.ts'

/** One of the ways on which users' calls go through a backend. */
export interface Lane {
  /** `forward-stream`, `translate-unary`, … */
  readonly id: string
  readonly way: Extract<Handling['way'], 'forward' | 'translate' | 'virtual'>
  /** Whether the client asks for a stream. */
  readonly stream: boolean
  /** Whether the provider is asked for one; `undefined` where there is no provider. */
  readonly upstreamStream: boolean | undefined
  readonly client: Client
  /** Whether clients that speak the provider's own protocol come here. */
  readonly own: boolean
}

/** A lane with a provider at its end. */
export interface ProviderLane extends Lane {
  readonly way: 'forward' | 'translate'
  readonly upstreamStream: boolean
}

/** The lanes of a backend with these capabilities. */
export function lanesOf(capabilities: Capabilities, wire: ProviderWire): readonly Lane[] {
  const { streaming } = capabilities
  if (streaming === 'virtual') {
    return [true, false].map((stream) => ({
      id: stream ? 'virtual-stream' : 'virtual-unary',
      way: 'virtual',
      stream,
      upstreamStream: undefined,
      client: wire.client,
      own: true,
    }))
  }
  const own = [true, false].map((stream) => providerLane(stream, capabilities, wire.client))
  const ways = new Set(own.map(({ id }) => id))
  const foreign = [true, false]
    .map((stream) => ({
      ...providerLane(stream, { ...capabilities, forwards: false }, wire.foreign),
      own: false,
    }))
    .filter(({ id }) => !ways.has(id))
  return [...own, ...foreign]
}

/** The lanes with a provider at their end. */
export function providerLanes(lanes: readonly Lane[]): readonly ProviderLane[] {
  return lanes.filter(hasProvider)
}

/** Those of them on which the provider streams and the client reads along. */
export function streamedLanes(lanes: readonly Lane[]): readonly ProviderLane[] {
  return providerLanes(lanes).filter((lane) => lane.upstreamStream && lane.stream)
}

/** Whether a provider is at its end. */
export function hasProvider(lane: Lane): lane is ProviderLane {
  return lane.upstreamStream !== undefined && lane.way !== 'virtual'
}

function providerLane(
  stream: boolean,
  { streaming, forwards }: Capabilities,
  client: Client,
): ProviderLane {
  const upstreamStream = streaming === 'native' ? stream : streaming === 'always'
  const way = forwards && upstreamStream === stream ? 'forward' : 'translate'
  return {
    id: `${way}-${stream ? 'stream' : 'unary'}`,
    way,
    stream,
    upstreamStream,
    client,
    own: true,
  }
}
