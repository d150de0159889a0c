import { onTestFinished } from 'vitest'
import {
  type FakeServer,
  type FakeServerOptions,
  startFakeServer,
} from '../src/fake/fake-server.ts'
import type { Responder } from '../src/fake/script.ts'
import { httpRequest } from './raw-client.ts'

/** A fake server that is closed when the test is over. */
export async function serve(
  responder: Responder,
  options?: FakeServerOptions,
): Promise<FakeServer> {
  const server = await startFakeServer(responder, options)
  onTestFinished(() => server.close())
  return server
}

/** The shortest request, on a connection that is kept. */
export const get = httpRequest('GET /')
