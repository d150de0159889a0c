import { describe, expect, it } from 'vitest'
import { settle } from '../fake-clock.ts'
import { loopOf } from '../support/loop-parts.ts'
import { failure } from '../support/pool-parts.ts'

describe('a loop that races others', () => {
  it('delivers nothing when another one was faster, and holds it against nobody', async () => {
    const { loop, flows, ends, inFlight, cooled } = loopOf({
      plan: { a: ['1', '2'] },
      play: () => 'good',
      claim: () => false,
    })

    const result = await loop.run()

    expect(result).toMatchObject({ failure: { error: { code: 'client_closed_request' } } })
    expect(flows[0]?.cancelled).toMatchObject({ code: 'client_closed_request' })
    expect(ends).toMatchObject([{ next: 'lost', outcome: { result: 'cancelled' } }])
    expect([inFlight(), cooled()]).toEqual([0, []])
  })

  it('delivers its answer when it was the first', async () => {
    const { loop } = loopOf({ plan: { a: ['1'] }, play: () => 'good', claim: () => true })

    expect(await loop.run()).toHaveProperty('attempt')
  })

  it('does not claim with an attempt that failed', async () => {
    let claims = 0
    const { loop } = loopOf({
      plan: { a: ['1'], b: ['1'] },
      play: (place) => (place === 'a.1' ? failure('upstream_error') : 'good'),
      claim: () => {
        claims += 1
        return true
      },
    })

    await loop.run()

    expect(claims).toBe(1)
  })

  it('is ended by the winner in whatever phase it is', async () => {
    const { loop, ends, inFlight, cooled } = loopOf({ plan: { a: ['1'] }, play: () => 'silent' })
    const running = loop.run()
    await settle()

    loop.lose()

    expect(await running).toMatchObject({ failure: { error: { code: 'client_closed_request' } } })
    expect(ends).toMatchObject([{ next: 'lost' }])
    expect([inFlight(), cooled()]).toEqual([0, []])
  })

  it('was given up by its client, not lost, when that came first', async () => {
    const { loop, ends } = loopOf({ plan: { a: ['1'] }, play: () => 'silent' })
    const running = loop.run()
    await settle()

    loop.abort(failure('client_closed_request'))
    loop.lose()

    await running
    expect(ends).toMatchObject([{ next: 'give-up' }])
  })
})
