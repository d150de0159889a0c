import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import fastify, { type FastifyHttpOptions, type FastifyInstance } from 'fastify'
import { onTestFinished } from 'vitest'
import gatewayPlugin, {
  type FrontendScope,
  type HttpOptions,
  serverOptions,
} from '../../src/index.ts'
import { type FakeGateway, type FakeOptions, fakeGateway } from './fake-gateway.ts'
import { testDialect } from './test-dialect.ts'

export interface TestApp {
  readonly app: FastifyInstance
  readonly gateway: FakeGateway
  /** The server's ends of the connections. */
  readonly sockets: readonly Socket[]
  /** Listens on a free port of the loopback interface. */
  listen(): Promise<number>
}

export interface TestAppOptions extends FakeOptions {
  readonly plugin?: HttpOptions
  readonly server?: FastifyHttpOptions<Server>
  readonly frontend?: Partial<FrontendScope>
}

/** An app with the gateway plugin and one frontend, whose route is `/v1/call`. Closed when the test ends. */
export async function testApp(options: TestAppOptions = {}): Promise<TestApp> {
  const gateway = fakeGateway(options)
  const app = fastify({ ...serverOptions(), forceCloseConnections: true, ...options.server })
  await app.register(gatewayPlugin, { gateway, ...options.plugin })
  app.gateway.mount(app, {
    dialect: testDialect,
    errorForm: 'nested',
    routes: [
      {
        url: '/v1/call',
        methods: ['POST'],
        handler: (request, reply) =>
          app.gateway.serve(request, reply, {
            dialect: testDialect,
            operation: 'chat',
            errorForm: 'nested',
          }),
      },
      {
        url: '/v1/raw/*',
        methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
        handler: (request, reply) =>
          app.gateway.serve(request, reply, { dialect: testDialect, operation: 'opaque' }),
      },
    ],
    ...options.frontend,
  })
  const sockets: Socket[] = []
  app.server.on('connection', (socket) => sockets.push(socket))
  onTestFinished(() => app.close())
  return { app, gateway, sockets, listen: () => listen(app) }
}

export async function listen(app: FastifyInstance): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  const address = app.server.address()
  if (address === null || typeof address === 'string') throw new Error('No port')
  return address.port
}
