import { connect, createServer, type Server } from 'node:net'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { leavesNothing } from '../../src/contract/resources.ts'

const original = globalThis.setTimeout

/** Milliseconds. */
const soon = 50

describe('work that should leave nothing behind', () => {
  const ends: (() => void)[] = []
  let server: Server
  beforeEach(async () => {
    server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterEach(() => {
    for (const end of ends.splice(0)) end()
    server.close()
    expect(globalThis.setTimeout).toBe(original)
  })

  it('may use timers and connections', async () => {
    await leavesNothing(async () => {
      clearTimeout(setTimeout(() => {}, 60_000))
      clearInterval(setInterval(() => {}, 60_000))
      setTimeout(() => {}, 60_000).unref()
      await promisify(setTimeout)(1)
      await new Promise<void>((resolve) => void setTimeout(resolve, 1))
      const socket = connect(port(server), '127.0.0.1')
      await new Promise<void>((resolve) => socket.once('connect', resolve))
      socket.destroy()
    })
  })

  it('may leave open what was open before', async () => {
    const timer = setInterval(() => {}, 60_000)
    ends.push(() => clearInterval(timer))

    await leavesNothing(async () => {})
  })

  it('is found out by a timer', async () => {
    const work = leavesNothing(async () => {
      const timer = setTimeout(() => {}, 60_000)
      ends.push(() => clearTimeout(timer))
    }, soon)

    await expect(work).rejects.toThrow('left behind: Timeout (1)')
  })

  it('is found out by an interval', async () => {
    const work = leavesNothing(async () => {
      const timer = setInterval(() => {}, 60_000)
      ends.push(() => clearInterval(timer))
    }, soon)

    await expect(work).rejects.toThrow('left behind: Timeout (1)')
  })

  it('is found out by a connection', async () => {
    const work = leavesNothing(async () => {
      const socket = connect(port(server), '127.0.0.1')
      ends.push(() => socket.destroy())
    }, soon)

    await expect(work).rejects.toThrow(/left behind: TCP/)
  })

  it('may fail as it likes', async () => {
    const work = leavesNothing(() => Promise.reject(new Error('of its own')))

    await expect(work).rejects.toThrow('of its own')
  })
})

function port(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
