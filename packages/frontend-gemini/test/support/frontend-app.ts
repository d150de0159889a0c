import {
  type CallInput,
  type Gateway,
  GatewayError,
  type Headers,
  headerValue,
  type ListedModel,
} from '@jackfield/core'
import gatewayPlugin, { type HttpOptions, serverOptions } from '@jackfield/gateway'
import fastify, { type FastifyInstance } from 'fastify'
import { onTestFinished } from 'vitest'
import frontendGemini, { type FrontendGeminiOptions } from '../../src/index.ts'

export interface FrontendApp {
  readonly app: FastifyInstance
  /** Calls that reached the gateway. */
  readonly inputs: readonly CallInput[]
}

export interface FrontendAppOptions {
  readonly gateway?: HttpOptions
  readonly frontend?: FrontendGeminiOptions
  /** The one key that clients may use; absent: none is needed. */
  readonly key?: string
  readonly models?: readonly ListedModel[]
  /** Prepares the app before the gateway is registered. */
  readonly prepare?: (app: FastifyInstance) => void
}

/** An app with the gateway plugin and this frontend, in front of a gateway that answers every call with `{"ok":true}`. */
export async function frontendApp(options: FrontendAppOptions = {}): Promise<FrontendApp> {
  const inputs: CallInput[] = []
  const app = fastify(serverOptions())
  onTestFinished(() => app.close())
  options.prepare?.(app)
  await app.register(gatewayPlugin, {
    gateway: recordingGateway(inputs, options),
    ...options.gateway,
  })
  await app.register(frontendGemini, options.frontend ?? {})
  return { app, inputs }
}

function recordingGateway(
  inputs: CallInput[],
  { key, models = [{ id: 'm', ownedBy: 'b', created: 1 }] }: FrontendAppOptions,
): Gateway {
  return {
    async handle(input, sink) {
      inputs.push(input)
      sink.start(200, { 'content-type': 'application/json' })
      sink.end(Buffer.from('{"ok":true}'))
    },
    explain: () => Promise.reject(new Error('nobody asks that here')),
    authenticate(headers) {
      if (key !== undefined && !keysIn(headers).includes(key)) {
        throw new GatewayError('unauthenticated', 'Unknown key.')
      }
      return { id: 'local', name: 'local' }
    },
    models: async () => models,
    health: () => ({ backends: [], readyTargets: 1, totalTargets: 1, uptimeMs: 0, openCalls: 0 }),
    events: { on: () => () => {} },
    apply: async () => {},
    attributeStray: () => undefined,
    close: async () => {},
  }
}

function keysIn(headers: Headers): readonly (string | undefined)[] {
  const bearer = headerValue(headers, 'authorization')?.replace('Bearer ', '')
  return [bearer, headerValue(headers, 'x-api-key'), headerValue(headers, 'x-goog-api-key')]
}

/** The bytes of a call's body. */
export function bytes(input: CallInput | undefined): Buffer {
  if (!(input?.body instanceof Uint8Array)) throw new Error('The body is not bytes')
  return Buffer.from(input.body)
}
