import type { FastifyRequest } from 'fastify'
import { defaultShape, type ModelsShape, type SharedRequest } from './models-shape.ts'
import { requestTarget } from './request-target.ts'

/** The shapes that frontends contributed. */
export class ModelsShapes {
  readonly #particular: ModelsShape[] = []
  #general = defaultShape

  add(shape: ModelsShape): void {
    if (shape.matches === undefined) this.#general = shape
    else this.#particular.push(shape)
  }

  /** The shape for the client that sent this request. */
  choose(request: SharedRequest): ModelsShape {
    return this.#particular.find((shape) => shape.matches?.(request)) ?? this.#general
  }
}

/** What shapes may see of a request. */
export function sharedRequest(request: FastifyRequest): SharedRequest {
  const target = requestTarget(request.raw.url ?? '/', request.server.prefix)
  return { ...target, headers: request.raw.headers }
}
