import type { CallEnd, GatewayEvents, Outcome } from '@jackfield/core'
import { GatewayError } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { logEvents } from '../../src/logging/log-events.ts'

type Listeners = { [Name in keyof GatewayEvents]?: (event: GatewayEvents[Name]) => void }

/** The lines that are written for events. */
function start() {
  const listeners: Listeners = {}
  const lines: { readonly level: string; readonly fields: object; readonly message: string }[] = []
  const write = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields: JSON.parse(JSON.stringify(fields)), message })
  logEvents(
    {
      on(name, listener) {
        Object.assign(listeners, { [name]: listener })
        return () => {}
      },
    },
    {
      log: {
        debug: write('debug'),
        info: write('info'),
        warn: write('warn'),
        error: write('error'),
      },
      redact: (text) => text.replaceAll('the-key', '[redacted]'),
    },
  )
  return { listeners, lines }
}

const error = new GatewayError('upstream_credentials_rejected', 'It refused the-key.', {
  upstream: { backend: 'openai', status: 401, requestId: 'req-1' },
})

const outcome: Outcome = {
  route: { backend: 'openai', target: 'OPENAI_API_KEY', model: 'gpt', way: 'forward' },
  result: 'failed',
  meaningful: false,
  error,
  usage: { source: 'unknown' },
  status: 401,
  durationMs: 12.345,
  dropped: [],
}

const end: CallEnd = {
  callId: 'c1',
  operation: 'chat',
  dialect: 'openai-chat',
  principal: 'local',
  path: '/v1/chat/completions',
  stream: false,
  status: 502,
  error,
  attempts: 1,
  durationMs: 1.26,
  usage: { source: 'provider', usage: { inputTokens: 1, extra: { dialect: 'x', value: {} } } },
  totalUsage: { source: 'unknown' },
  attemptUsage: [],
  decision: ['model says "gpt"'],
  annotations: {},
}

describe('logEvents', () => {
  it('takes keys out of what providers say', () => {
    const { listeners, lines } = start()

    listeners['attempt-end']?.({ callId: 'c1', attempt: 1, outcome, next: 'give-up' })
    listeners['call-end']?.(end)
    listeners['target-state']?.({
      backend: 'openai',
      target: 'OPENAI_API_KEY',
      state: 'down',
      reason: 'It refused the-key.',
    })

    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ['warn', 'attempt failed'],
      ['info', 'call'],
      ['debug', 'decision'],
      ['warn', 'target changed'],
    ])
    expect(JSON.stringify(lines)).not.toContain('the-key')
    expect(lines[0]?.fields).toEqual({
      callId: 'c1',
      attempt: 1,
      backend: 'openai',
      target: 'OPENAI_API_KEY',
      upstreamModel: 'gpt',
      way: 'forward',
      upstreamStatus: 401,
      upstreamRequestId: 'req-1',
      code: 'upstream_credentials_rejected',
      reason: 'It refused [redacted].',
      durationMs: 12.3,
      next: 'give-up',
    })
    expect(lines[1]?.fields).toMatchObject({
      reason: 'It refused [redacted].',
      durationMs: 1.3,
      usage: { source: 'provider', inputTokens: 1 },
    })
  })

  it('says nothing of attempts that went well, and speaks up for targets that work again', () => {
    const { listeners, lines } = start()
    const { error: _, ...good } = outcome

    listeners['attempt-end']?.({
      callId: 'c1',
      attempt: 1,
      outcome: { ...good, result: 'done' },
      next: 'delivered',
    })
    listeners['target-state']?.({
      backend: 'b',
      target: 't',
      state: 'ready',
      reason: 'works again',
    })

    expect(lines).toMatchObject([{ level: 'info', message: 'target changed' }])
  })

  it('tells what each attempt cost, where there were several', () => {
    const { listeners, lines } = start()
    const [first, second] = [
      { route: outcome.route, result: 'cancelled', usage: { source: 'unknown' } },
      {
        route: { ...outcome.route, backend: 'gemini', model: 'm'.repeat(300) },
        result: 'done',
        usage: end.usage,
      },
    ] as const

    listeners['call-end']?.({ ...end, attemptUsage: [first] })
    listeners['call-end']?.({ ...end, attemptUsage: [first, second] })

    const [one, , both] = lines.map(({ fields }) => fields)
    expect(one).not.toHaveProperty('attemptUsage')
    expect(both).toMatchObject({
      attemptUsage: [
        {
          backend: 'openai',
          target: 'OPENAI_API_KEY',
          upstreamModel: 'gpt',
          result: 'cancelled',
          source: 'unknown',
        },
        {
          backend: 'gemini',
          upstreamModel: `${'m'.repeat(200)}…`,
          result: 'done',
          source: 'provider',
          inputTokens: 1,
        },
      ],
    })
    expect(JSON.stringify(both)).not.toContain('extra')
  })
})
