import type { ScriptStep } from '../fake/script.ts'
import type { ProviderLane } from './lanes.ts'
import { goodAnswer, substanceOf } from './reading.ts'
import type { Rig } from './rig/rig.ts'
import type { ProviderWire } from './wire/provider-wire.ts'

/** The head of a good answer of the kind that the provider is asked for. */
export function answerHead(
  wire: ProviderWire,
  { upstreamStream }: Pick<ProviderLane, 'upstreamStream'>,
): ScriptStep {
  const type = upstreamStream ? wire.streamType : 'application/json'
  return { do: 'head', status: 200, headers: { 'content-type': type } }
}

/** The head of a stream and what comes before its first piece of text. */
export function streamHead(
  wire: ProviderWire,
  lane: Pick<ProviderLane, 'upstreamStream'>,
): readonly ScriptStep[] {
  return [answerHead(wire, lane), { do: 'write', bytes: wire.opening }]
}

/** A good answer with this body, one write per piece. */
export function answerOf(
  wire: ProviderWire,
  lane: ProviderLane,
  pieces: readonly (Uint8Array | string)[],
): readonly ScriptStep[] {
  const writes = pieces.map((bytes): ScriptStep => ({ do: 'write', bytes }))
  return [answerHead(wire, lane), ...writes, { do: 'end' }]
}

/** What a client makes of an answer with this body. */
export async function understood(
  rig: Rig,
  lane: ProviderLane,
  pieces: readonly (Uint8Array | string)[],
): Promise<object> {
  rig.server.respondWith(answerOf(rig.subject.wire, lane, pieces))
  return substanceOf(goodAnswer(await rig.ask(lane)))
}

/** The bytes one by one. */
export function singly(bytes: Uint8Array): readonly Uint8Array[] {
  return Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))
}
