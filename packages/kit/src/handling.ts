import {
  type BodyPatch,
  type CallHead,
  type CallView,
  GatewayError,
  type Handling,
  type Operation,
} from '@jackfield/core'
import type { Surface } from './surface.ts'

/** Operations whose answers can be streams, and which every dialect can be translated to. */
const generations: ReadonlySet<Operation> = new Set<Operation>(['chat', 'completions'])
/** Operations that pass unread, on paths of the client's dialect. */
const relayed: ReadonlySet<Operation> = new Set<Operation>(['opaque', 'resource'])
const streamingOf = { native: 'as-asked', never: 'never', always: 'always' } as const

type Patches = readonly BodyPatch[]

export interface HandlingOptions {
  /** Name of the backend, for refusals. */
  readonly backend: string
  readonly surfaces: readonly Surface[]
  /** Name of the surface that other dialects are translated for. Default: the first that serves `chat`. */
  readonly translation?: string
  /** The provider's name of a model. */
  readonly upstreamModel?: (model: string) => string
}

/**
 * Makes the `handling` of a backend with surfaces. A call goes as it is to the surface of its own dialect if it may and if
 * that surface can answer in the framing that the client wants; a generation is otherwise translated for the same surface,
 * or for the one that translations go to. So are embeddings and counts of tokens, where the surface's protocol has them.
 * Everything else is refused.
 */
export function createHandling(
  options: HandlingOptions,
): (head: CallHead, call: CallView) => Handling {
  const { backend, surfaces, translation, upstreamModel } = options
  const routes = surfaces.map((surface) => new Route(surface))
  const fallbacks = fallbacksOf(routes, translation)
  const choose = (head: CallHead, call: CallView): Handling => {
    const { operation } = head
    const own = routes.find((route) => route.speaks(call.dialect) && route.serves(operation))
    if (relayed.has(operation)) return own?.relay ?? refuse(backend, head, call)
    if (own?.forwards(head, call)) return own.forward(head, call)
    const translator = own?.converts(operation) ? own : fallbacks[operation]
    return translator?.translate(head, call) ?? refuse(backend, head, call)
  }
  if (upstreamModel === undefined) return choose
  return (head, call) => {
    const handling = choose(head, call)
    const model = upstreamModel(head.model ?? '')
    if (model === (head.model ?? '') || !('surface' in handling)) return handling
    return { ...handling, model }
  }
}

/** Where calls of other dialects are translated to, by operation. */
function fallbacksOf(
  routes: readonly Route[],
  translation: string | undefined,
): Readonly<Partial<Record<Operation, Route>>> {
  const chosen = routes.filter((route) => route.isNamed(translation))
  const ordered = [...chosen, ...routes]
  const chat = ordered.find((route) => route.serves('chat'))
  const converter = (operation: Operation) =>
    ordered.find((route) => route.serves(operation) && route.converts(operation))
  const embeddings = converter('embeddings')
  const counts = converter('count-tokens')
  return {
    ...(chat && { chat, completions: chat }),
    ...(embeddings && { embeddings }),
    ...(counts && { 'count-tokens': counts }),
  }
}

/** One surface with the answers that are the same for every call, so that most attempts allocate nothing. */
class Route {
  readonly relay: Handling
  readonly #surface: Surface
  readonly #operations: ReadonlySet<Operation>
  readonly #plainForward: Handling
  readonly #plainTranslate: Handling
  readonly #patchedForward: Handling
  readonly #patchedTranslate: Handling

  constructor(surface: Surface) {
    const { name, dialect, patches } = surface
    const fixed = typeof patches === 'function' ? undefined : patches
    this.#surface = surface
    this.#operations = new Set(surface.operations)
    this.relay = { way: 'relay', surface: name, dialect }
    this.#plainForward = this.#forwardWith(undefined)
    this.#plainTranslate = this.#translateWith(undefined)
    this.#patchedForward = this.#forwardWith(fixed)
    this.#patchedTranslate = this.#translateWith(fixed)
  }

  speaks(dialect: string): boolean {
    return this.#surface.dialect.name === dialect
  }

  serves(operation: Operation): boolean {
    return this.#operations.has(operation)
  }

  isNamed(name: string | undefined): boolean {
    return this.#surface.name === name
  }

  /** Whether calls of other dialects for this operation can be translated to its protocol. */
  converts(operation: Operation): boolean {
    const { dialect } = this.#surface
    if (operation === 'embeddings') return dialect.embeddings !== undefined
    if (operation === 'count-tokens') return dialect.counting !== undefined
    return generations.has(operation)
  }

  forwards(head: CallHead, call: CallView): boolean {
    const { streaming, forwards } = this.#surface
    if (generations.has(head.operation)) {
      if (head.stream ? streaming === 'never' : streaming === 'always') return false
    }
    return typeof forwards === 'function' ? forwards(head, call) : forwards
  }

  forward(head: CallHead, call: CallView): Handling {
    const { patches } = this.#surface
    if (typeof patches === 'function') return this.#forwardWith(patches(head, call))
    return generations.has(head.operation) ? this.#patchedForward : this.#plainForward
  }

  translate(head: CallHead, call: CallView): Handling {
    const { patches } = this.#surface
    if (typeof patches === 'function') return this.#translateWith(patches(head, call))
    return generations.has(head.operation) ? this.#patchedTranslate : this.#plainTranslate
  }

  #forwardWith(patches: Patches | undefined): Handling {
    const { name, dialect } = this.#surface
    return { way: 'forward', surface: name, dialect, ...listed(patches) }
  }

  #translateWith(patches: Patches | undefined): Handling {
    const { name, dialect, streaming } = this.#surface
    const how = streamingOf[streaming]
    return { way: 'translate', surface: name, dialect, streaming: how, ...listed(patches) }
  }
}

function listed(patches: Patches | undefined): { readonly patches?: Patches } {
  return patches === undefined || patches.length === 0 ? {} : { patches }
}

function refuse(backend: string, head: CallHead, call: CallView): Handling {
  const error = new GatewayError(
    'unsupported_capability',
    `The backend ${backend} does not serve ${head.operation} calls of the ${call.dialect} protocol. Choose another backend for them.`,
    { upstream: { backend } },
  )
  return { way: 'refuse', error }
}
