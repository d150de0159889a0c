import type { FastifyRequest } from 'fastify'
import { callerOf } from './caller.ts'
import type { ServedCall } from './gateway-host.ts'
import { defaultShape, type ModelsShape, type SharedRequest } from './models-shape.ts'

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

  /** What a `POST` below `/v1/models/` asks for, if it is a call of some protocol. */
  callOf(request: SharedRequest): ServedCall | undefined {
    return this.choose(request).call?.(request)
  }
}

/** What shapes may see of a request. */
export function sharedRequest(request: FastifyRequest): SharedRequest {
  return callerOf(request)
}
