import { errorPolicies } from '@jackfield/core'
import { faultAnswerText, faultSecret } from '@jackfield/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DialectName, dialects } from '../../compatibility/client.ts'
import { runAll } from '../../faults/run-all.ts'
import { violationsIn, wires } from '../wires.ts'
import { type Cell, cells, earlyFaults, lateFaults } from './cells.ts'
import { type FailingWorld, type Observation, secretPrefix, startFailingWorld } from './observe.ts'

/** Calls at a time. */
const atOnce = 24

let world: FailingWorld
const observations = new Map<Cell, Observation | { readonly failed: unknown }>()

beforeAll(async () => {
  world = await startFailingWorld()
  const results = await runAll(cells, atOnce, (cell) =>
    world.observe(cell).catch((failed: unknown) => ({ failed })),
  )
  for (const [index, cell] of cells.entries()) {
    const result = results[index]
    if (result !== undefined) observations.set(cell, result)
  }
}, 60_000)
afterAll(() => world.close())

function observationOf(cell: Cell): Observation {
  const seen = observations.get(cell)
  if (seen === undefined) throw new Error('the call was not made')
  if ('failed' in seen) throw seen.failed
  return seen
}

/** The classes of each library for statuses; `stream` for an error inside a stream, which has none. */
const openaiClasses = {
  400: 'BadRequestError',
  404: 'NotFoundError',
  429: 'RateLimitError',
  502: 'InternalServerError',
  503: 'InternalServerError',
  504: 'InternalServerError',
  stream: 'APIError',
}
const classes: Readonly<Record<DialectName, Readonly<Record<string, string>>>> = {
  'openai-chat': openaiClasses,
  'openai-responses': openaiClasses,
  'anthropic-messages': {
    ...openaiClasses,
    504: 'GatewayTimeoutError',
    529: 'OverloadedError',
  },
  gemini: Object.fromEntries(Object.keys(openaiClasses).map((key) => [key, 'ApiError'])),
}

/**
 * Failures of the operator's account or of the way to the provider. No client may take them for its own: the table of errors has
 * other statuses for them, or the libraries know none that is closer.
 */
const notTheClients: ReadonlySet<string> = new Set([
  'key-rejected',
  'quota-exhausted',
  'quota-exhausted/payment-required',
  'forbidden',
  'forbidden/model',
  'timeout-status/request-timeout',
  'error-before-first-part',
  'error-before-first-part/after-prelude',
  'cut-before-first-part',
])

const nameOf = (error: unknown): string | undefined =>
  error instanceof Error ? error.constructor.name : undefined

function expectedStatus({ client, fault }: Cell): number {
  if (fault.expected.outcome !== 'error') throw new Error(`${fault.id} is no failure`)
  const { status } = errorPolicies[fault.expected.code]
  return client === 'anthropic-messages' && status === 503 ? 529 : status
}

function rowsOf(client: DialectName, faults: readonly { readonly id: string }[]) {
  const ids = new Set(faults.map(({ id }) => id))
  return cells
    .filter((cell) => cell.client === client && ids.has(cell.fault.id))
    .map(
      (cell) => [cell.fault.id, cell.provider, cell.stream ? 'streamed' : 'whole', cell] as const,
    )
}

describe.each(dialects)('a client of %s, whose provider fails', (client) => {
  const wire = wires[client]

  it.each(rowsOf(client, earlyFaults))('%s (%s, %s)', (_id, _provider, _form, cell) => {
    const { status, headers, body, raised } = observationOf(cell)
    const expected = expectedStatus(cell)

    expect(status).toBe(expected)
    expect(wire.readError(JSON.parse(body.toString())).message).not.toBe('')
    expect(nameOf(raised)).toBe(classes[client][expected])
    expect(raised).toMatchObject({ status: expected })
    expectHint(cell, headers)
  })

  it.each(rowsOf(client, lateFaults))('%s (%s, %s)', (_id, _provider, _form, cell) => {
    const { status, body, raised } = observationOf(cell)
    const events = body
      .toString()
      .trim()
      .split(/\r?\n\r?\n/)
    const last: WireFailure = JSON.parse(/^data: (.*)$/m.exec(events.at(-1) ?? '')?.[1] ?? '')

    expect(status).toBe(200)
    expect(body.toString()).toContain(`"${faultAnswerText.split(' ')[0]}"`)
    expect(violationsIn(wire.dialect, body)).toEqual([])
    // The error is the last that is said: no `[DONE]`, no finish, no event that completes the answer.
    expect(messageIn(last)).toMatch(/broke off/)
    expect(body.toString()).not.toMatch(
      /data: \[DONE\]|"finish_reason":"|event: (response\.completed|message_stop)|"finishReason"/,
    )
    expect(nameOf(raised)).toBe(classes[client]['stream'])
  })
})

/** Responses end with a document of what has failed. */
function messageIn(event: WireFailure): string | undefined {
  return (event.response ?? event).error?.message
}

interface WireFailure {
  readonly error?: { readonly message?: string }
  readonly response?: WireFailure
}

function expectHint({ fault }: Cell, headers: Headers): void {
  const hint = fault.expected.outcome === 'error' ? fault.expected.retryAfterMs : undefined
  const told = headers.get('retry-after')
  if (hint === undefined) {
    expect(told).toBeNull()
    return
  }
  expect(Number(told)).toBeGreaterThanOrEqual(hint / 1_000)
  expect(Number(told)).toBeLessThanOrEqual(Math.ceil(hint / 1_000) + 1)
}

describe('a library raises through the gateway what it raises at the provider itself', () => {
  const direct = cells.filter(
    ({ client, provider, fault }) =>
      client === provider &&
      fault.limits === undefined &&
      !notTheClients.has(fault.id) &&
      (earlyFaults.includes(fault) || fault.id === 'error-mid-stream'),
  )

  it.each(
    direct.map((cell) => [cell.client, cell.fault.id, cell.stream ? 'streamed' : 'whole', cell]),
  )('%s: %s, %s', (client, id, _form, cell) => {
    const { raised, raisedDirectly } = observationOf(cell as Cell)
    // Anthropic has a status of its own for overload, which it sends instead of 503.
    const is503 = client === 'anthropic-messages' && /^overloaded($|\/retry)/.test(String(id))

    expect(raisedDirectly).toBeInstanceOf(Error)
    expect(nameOf(raised)).toBe(is503 ? 'OverloadedError' : nameOf(raisedDirectly))
  })

  it('with the same words, where the mistake is the client’s', () => {
    const own = direct.filter(({ fault }) => /^(bad-request|context-length)/.test(fault.id))

    expect(own).toHaveLength(16)
    for (const cell of own) {
      const { raised, raisedDirectly } = observationOf(cell)
      const { message } = raised as Error
      expect(message).toBe((raisedDirectly as Error).message)
    }
  })
})

it('shows no key of the operator, in no answer and in no line of the log', () => {
  const log = JSON.stringify(world.gateway.log)
  for (const secret of [secretPrefix, faultSecret]) {
    for (const cell of cells) {
      const { headers, body } = observationOf(cell)
      expect(`${body}${JSON.stringify([...headers])}`).not.toContain(secret)
    }
    expect(log).not.toContain(secret)
  }
})
