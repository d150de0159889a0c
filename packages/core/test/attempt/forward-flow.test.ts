import { describe, expect, it } from 'vitest'
import type { FlowReceiver } from '../../src/attempt/answer-flow.ts'
import { ForwardFlow } from '../../src/attempt/forward-flow.ts'
import type { BodyReceiver, BodySource } from '../../src/body.ts'
import type { Tap, TapEnding, TapReport } from '../../src/dialect.ts'
import { GatewayError } from '../../src/errors/gateway-error.ts'

/** A body that the test pushes, and what the flow did to it. */
class ScriptedBody implements BodySource {
  readonly calls: string[] = []
  #receiver: BodyReceiver | undefined

  get receiver(): BodyReceiver {
    if (this.#receiver === undefined) throw new Error('the body was not started')
    return this.#receiver
  }

  start(receiver: BodyReceiver): void {
    this.#receiver = receiver
  }

  pause(): void {
    this.calls.push('pause')
  }

  resume(): void {
    this.calls.push('resume')
  }

  cancel(): void {
    this.calls.push('cancel')
  }
}

/** Lets words by. `end` is the legal end, `broken` an error that is kept back, `blamed` one that passes. */
class WordTap implements Tap {
  meaningful = false
  ending: TapEnding | undefined
  #error: GatewayError | undefined

  push(chunk: Uint8Array): Uint8Array {
    const word = Buffer.from(chunk).toString()
    this.meaningful ||= word !== 'start' && word !== 'early'
    if (word === 'early') this.#error = failure('early')
    if (word === 'end') this.ending = 'end'
    if (word === 'blamed') this.ending = { error: failure(word), told: true }
    if (word !== 'broken') return chunk
    this.ending = { error: failure(word), told: false }
    return new Uint8Array(0)
  }

  end(): Uint8Array {
    return new Uint8Array(0)
  }

  interrupt(error: GatewayError): Uint8Array {
    return Buffer.from(error.message)
  }

  report(): TapReport {
    return {
      complete: this.ending === 'end',
      ...(this.#error === undefined ? {} : { error: this.#error }),
    }
  }
}

function failure(message: string): GatewayError {
  return new GatewayError('upstream_error', message)
}

function run(...words: readonly string[]) {
  const body = new ScriptedBody()
  const flow = new ForwardFlow(body, new WordTap())
  const seen: string[] = []
  const receiver: FlowReceiver<Uint8Array> = {
    item: (bytes) => seen.push(Buffer.from(bytes).toString()),
    end: () => seen.push('[ended]'),
    fail: (error, told) => seen.push(`[failed: ${error.message}${told ? ', told' : ''}]`),
  }
  flow.start(receiver)
  for (const word of words) body.receiver.data(Buffer.from(word))
  return { body, flow, seen }
}

describe('a forwarded stream', () => {
  it('ends for the client with its legal end, before the upstream closes it', () => {
    const { seen, body } = run('start', 'a', 'end')

    expect(seen).toEqual(['start', 'a', 'end', '[ended]'])
    expect(body.calls).not.toContain('cancel')
  })

  it.each([
    ['is closed', (receiver: BodyReceiver) => receiver.end()],
    ['breaks', (receiver: BodyReceiver) => receiver.fail(failure('cut'))],
  ])('is good when the connection %s behind its end', (_, finish) => {
    const { seen, body } = run('a', 'end')

    finish(body.receiver)

    expect(seen).toEqual(['a', 'end', '[ended]'])
  })

  it('takes no bytes behind its end, and lets go of who sends them', () => {
    const { seen, body } = run('a', 'end', 'garbage', 'more')

    expect(seen).toEqual(['a', 'end', '[ended]'])
    expect(body.calls.filter((call) => call === 'cancel')).toHaveLength(1)
  })

  it('lets its connection run out for the next call though the client is slow', () => {
    const { flow, body } = run('a')
    flow.pause()

    body.receiver.data(Buffer.from('end'))
    flow.pause()

    expect(body.calls).toEqual(['pause', 'resume'])
  })

  it('breaks where it says that it broke, and stops the upstream', () => {
    const { seen, body } = run('a', 'broken', 'b')

    expect(seen).toEqual(['a', '[failed: broken]'])
    expect(body.calls).toEqual(['cancel'])
  })

  it('knows when the client has been told already', () => {
    expect(run('a', 'blamed', 'end').seen).toEqual(['a', 'blamed', '[failed: blamed, told]'])
  })

  it('fails before anything is delivered when an error comes first', () => {
    expect(run('early', 'a').seen).toEqual(['[failed: early]'])
  })

  it('is cut off when the upstream closes it without its end', () => {
    const { seen, body } = run('a')

    body.receiver.end()

    expect(seen).toEqual(['a', expect.stringContaining('ended before it was complete')])
  })
})
