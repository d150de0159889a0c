import { createGateway, type Gateway, type GatewayConfig } from '@jackfield/core'
import { createCommands } from '@jackfield/feature-commands'
import { requestBody } from '../../workload/request-body.ts'
import type { MicroCase } from '../measure.ts'
import type { MicroGroup } from '../registry.ts'
import { chatInput } from './dialect.ts'
import { expectWhole, NullSink, nullBackend } from './whole-call.ts'

/** How many of everything stand in the way of a call. */
const backends = 1_000
const rules = 1_000
const sessions = 10_000

const sizes = [200, 10_000, 76_000, 400_000]

/**
 * What routing, sessions and commands add to a forwarded call: the same call, changed in the same way, through a gateway that has one backend and
 * nothing else, and through one with many backends, rules and sessions, and commands that nobody writes.
 */
export async function steeredCallGroup(): Promise<MicroGroup> {
  const bare = await createGateway({ config: bareConfig })
  const steered = await createGateway({ config: steeredConfig(), stages: [createCommands()] })
  await fillSessions(steered)
  const cases: MicroCase[] = []
  for (const bytes of sizes) {
    const size = `${bytes / 1_000} KB`
    cases.push(callCase(`${size}, one backend`, bare, bytes))
    cases.push(callCase(`${size}, ${backends} backends, rules, sessions`, steered, bytes))
  }
  return { title: 'Routing, sessions and commands, null backend', cases }
}

const bareConfig: GatewayConfig = {
  backends: [{ name: 'null', plugin: nullBackend, options: {} }],
  defaultBackend: 'null',
  forceModel: 'm',
  parameters: { forced: { temperature: 0.5 } },
}

function steeredConfig(): GatewayConfig {
  const names = Array.from({ length: backends }, (_, at) => `backend-${at}`)
  return {
    backends: names.map((name) => ({
      name,
      plugin: nullBackend,
      options: {},
      pool: { affinity: 'soft' },
    })),
    defaultBackend: 'backend-7',
    modelAliases: Array.from({ length: rules }, (_, at) => ({
      pattern: `^bench-unary-?${at === rules - 1 ? '' : at}$`,
      replacement: 'route-500?temperature=0.5',
    })),
    failoverRoutes: Object.fromEntries(
      names.map((name, at) => [
        `route-${at}`,
        { policy: 'ordered', elements: [`${name}:m`, 'backend-7:m'] },
      ]),
    ),
  }
}

async function fillSessions(gateway: Gateway): Promise<void> {
  const body = bodyOf(200)
  for (let session = 0; session < sessions; session += 1) {
    await gateway.handle(
      { ...input(body), headers: { 'x-jackfield-session': `session ${session}` } },
      new NullSink(),
    )
  }
}

function callCase(name: string, gateway: Gateway, bytes: number): MicroCase {
  const body = bodyOf(bytes)
  return {
    name,
    async call() {
      const sink = new NullSink()
      await gateway.handle(input(body), sink)
      expectWhole(name, sink, false)
    },
  }
}

function bodyOf(bytes: number): Buffer {
  return requestBody({ bytes, model: 'bench-unary', stream: false, modelAt: 'head' })
}

function input(body: Buffer) {
  return chatInput(body, new AbortController().signal)
}
