import { describe, expect, it } from 'vitest'
import { createLogger } from '../../src/logging/create-logger.ts'
import { KnownSecrets } from '../../src/logging/known-secrets.ts'
import { prettyMessage } from '../../src/logging/pretty-message.ts'

const call = {
  level: 30,
  msg: 'call',
  callId: 'c0ffee',
  status: 200,
  path: '/v1/chat/completions',
  model: 'intern-s1',
  backend: 'internlm',
  target: 'INTERNAI_API_KEY',
  attempts: 1,
  durationMs: 1_240,
  usage: { source: 'provider', inputTokens: 12, outputTokens: 34 },
}

describe('prettyMessage', () => {
  it.each([
    ['a call', call, '200  intern-s1 → internlm.INTERNAI_API_KEY  1.24 s  12 + 34 tokens'],
    [
      'a stream after a failure',
      { ...call, attempts: 2, ttftMs: 300 },
      '200  intern-s1 → internlm.INTERNAI_API_KEY  1.24 s, first words after 0.30 s  12 + 34 tokens  2 attempts',
    ],
    [
      'a call that was refused',
      {
        msg: 'call',
        callId: 'c0ffee',
        status: 401,
        path: '/v1/models',
        attempts: 0,
        durationMs: 0.4,
        code: 'unauthenticated',
        reason: 'This gateway needs a key.',
        usage: { source: 'unknown' },
      },
      '401  /v1/models  0.00 s  unauthenticated: This gateway needs a key. (c0ffee)',
    ],
    [
      'another line',
      { level: 30, msg: 'listening', url: 'http://127.0.0.1:8000', backends: ['echo', 'openai'] },
      'listening  url=http://127.0.0.1:8000  backends=["echo","openai"]',
    ],
    [
      'a model that would steer the terminal',
      { ...call, model: 'a\u001b[2Jb\u009bc\nd' },
      '200  a\ufffd[2Jb\ufffdc\ufffdd → internlm.INTERNAI_API_KEY  1.24 s  12 + 34 tokens',
    ],
    ['a text with spaces', { msg: 'm', reason: 'too many' }, 'm  reason="too many"'],
  ])('tells of %s', (_, line, text) => {
    expect(prettyMessage(line)).toBe(text)
  })
})

describe('a log for people', () => {
  it('has time, level and message, and the stacks of errors', async () => {
    const texts: string[] = []
    const log = await createLogger(
      { level: 'info', format: 'pretty' },
      {
        output: {
          stream: { write: (text) => void texts.push(text) },
          isTerminal: false,
          onEnd: () => {},
        },
        secrets: new KnownSecrets(),
      },
    )

    log.warn({ backend: 'internlm', state: 'cooling' }, 'target changed')
    log.error({ err: new Error('boom') }, 'call failed')
    log.debug({}, 'nothing')

    const written = texts.join('')
    expect(written).toMatch(
      /^\[\d\d:\d\d:\d\d\] WARN: target changed {2}backend=internlm {2}state=cooling\n\[\d\d:\d\d:\d\d\] ERROR: call failed\n {4}Error: boom\n +at /,
    )
    expect(written).not.toContain('nothing')
  })
})
