import { once } from 'node:events'
import { connect } from 'node:net'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { shutdownOnSignal } from '../src/shutdown.ts'
import { startGateway } from './end-to-end/harness.ts'
import { createTestProgram, type TestProgramOptions } from './support/test-program.ts'

/** A gateway that signals can end, at times that the test chooses. */
async function startStoppable(options: TestProgramOptions) {
  const { server } = await startGateway('{}')
  const test = createTestProgram(options)
  const closings: boolean[] = []
  let now = 1_000
  const clock = { now: () => now, monotonic: () => now, after: () => ({ cancel: () => {} }) }
  const shutdown = shutdownOnSignal(server, {
    program: test.program,
    log: pino({ level: 'silent' }),
    beforeClosing: () => void closings.push(server.app.server.listening),
    clock,
  })
  const wait = (ms: number) => {
    now += ms
  }
  return { ...test, shutdown, closings, wait }
}

describe('two interrupts in a moment', () => {
  it('are one key press where npm hands the first one on', async () => {
    const test = await startStoppable({ isTerminal: true, env: { npm_command: 'start' } })

    test.signal('SIGINT')
    test.wait(20)
    test.signal('SIGINT')

    expect(test.exits).toEqual([])
    expect(await test.shutdown.ended).toBe(0)
  })

  it('are two where a person pressed twice', async () => {
    const test = await startStoppable({ isTerminal: true, env: { npm_command: 'start' } })

    test.signal('SIGINT')
    test.wait(500)

    expect(() => test.signal('SIGINT')).toThrow('exited with 130')
  })

  it.each<[string, TestProgramOptions]>([
    ['without a terminal', { env: { npm_command: 'start' } }],
    ['without npm', { isTerminal: true }],
  ])('are two %s', async (_, options) => {
    const test = await startStoppable(options)

    test.signal('SIGTERM')

    expect(() => test.signal('SIGTERM')).toThrow('exited with 143')
  })
})

it('does not wait for connections on which nobody asked anything', async () => {
  const { server, url } = await startGateway('{}')
  const open = async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    await once(socket, 'connect')
    // Whether it is reset or ended is all the same.
    socket.on('error', () => {})
    return { socket, closed: new Promise((resolve) => socket.once('close', resolve)) }
  }
  const idle = await open()
  const half = await open()
  half.socket.write('GET /health HTTP/1.1\r\nhost: ')

  await server.app.close()

  await Promise.all([idle.closed, half.closed])
})

it('ends with the code of whatever began it, once', async () => {
  const test = await startStoppable({})

  test.shutdown.begin(1)
  test.shutdown.begin(0)

  expect(await test.shutdown.ended).toBe(1)
  expect(test.closings).toEqual([true])
})
