import { describe, expect, it } from 'vitest'
import { PartsFlow, type PartsIntake } from '../../src/attempt/parts-flow.ts'
import type { StreamPart } from '../../src/chat/stream-part.ts'
import { GatewayError } from '../../src/errors/gateway-error.ts'

const text: StreamPart = { type: 'text-delta', id: '0', text: 'a' }
const finish: StreamPart = { type: 'finish', reason: 'stop' }
const broken = new GatewayError('upstream_unreachable', 'cut')

/** What a receiver sees of a flow whose origin does `play`, and how often the origin was stopped. */
function run(play: (intake: PartsIntake) => void) {
  let stops = 0
  let drains = 0
  const flow = new PartsFlow({
    begin: play,
    pause() {},
    resume() {},
    stop() {
      stops += 1
    },
    drain() {
      drains += 1
    },
  })
  const seen: string[] = []
  flow.start({
    item: (parts) => seen.push(...parts.map(({ type }) => type)),
    end: () => seen.push('[ended]'),
    fail: (error) => seen.push(`[failed: ${error.code}]`),
  })
  return { seen, stops, drains }
}

describe('an answer in parts', () => {
  it('is good when its origin breaks behind the finish', () => {
    const { seen } = run((intake) => {
      intake.deliver(() => [text, finish])
      intake.break(broken)
    })

    expect(seen).toEqual(['text-delta', 'finish', '[ended]'])
  })

  it('fails when its origin breaks before that', () => {
    const { seen, stops } = run((intake) => {
      intake.deliver(() => [text])
      intake.break(broken)
      intake.conclude()
    })

    expect(seen).toEqual(['text-delta', '[failed: upstream_unreachable]'])
    expect(stops).toBe(1)
  })

  it('ends with the finish, and lets its origin run out', () => {
    const { seen, stops, drains } = run((intake) => intake.deliver(() => [text, finish]))

    expect(seen).toEqual(['text-delta', 'finish', '[ended]'])
    expect([stops, drains]).toEqual([0, 1])
  })

  it('takes nothing behind the finish', () => {
    const { seen } = run((intake) => {
      intake.deliver(() => [text, finish, text, { type: 'error', error: broken }])
      intake.deliver(() => [text])
    })

    expect(seen).toEqual(['text-delta', 'finish', '[ended]'])
  })

  it('fails with the error that a part tells, behind what came before it', () => {
    const { seen } = run((intake) => {
      intake.deliver(() => [text, { type: 'error', error: broken }, finish])
    })

    expect(seen).toEqual(['text-delta', '[failed: upstream_unreachable]'])
  })

  it('fails when its origin ends without a finish', () => {
    expect(run((intake) => intake.conclude()).seen).toEqual(['[failed: upstream_invalid_response]'])
  })
})
