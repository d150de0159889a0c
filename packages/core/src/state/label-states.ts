import type { OpaqueState, StateOrigin } from '../chat/opaque-state.ts'
import type { StreamPart } from '../chat/stream-part.ts'

/** The part with the origin written on every piece of state that has none. Most parts have no state and come back as they are. */
export function labelStates(part: StreamPart, origin: StateOrigin): StreamPart {
  switch (part.type) {
    case 'text-end':
    case 'reasoning-end':
    case 'tool-call-end':
      return part.state === undefined ? part : { ...part, state: labelled(part.state, origin) }
    case 'file': {
      const { state } = part.file
      if (state === undefined) return part
      return { ...part, file: { ...part.file, state: labelled(state, origin) } }
    }
    case 'provider': {
      const { state } = part.part
      if (state === undefined) return part
      return { ...part, part: { ...part.part, state: labelled(state, origin) } }
    }
    default:
      return part
  }
}

function labelled(states: readonly OpaqueState[], origin: StateOrigin): readonly OpaqueState[] {
  return states.map((state) => (state.origin === undefined ? { ...state, origin } : state))
}
