import fastify from 'fastify'
import { describe, expect, it, onTestFinished } from 'vitest'
import { isEveryAddress, ListenError, listen } from '../src/listen.ts'

/** An app, and whether it was closed. */
function createApp() {
  const app = fastify()
  const closed = { yes: false }
  app.addHook('onClose', async () => {
    closed.yes = true
  })
  onTestFinished(() => app.close())
  return { app, closed }
}

describe('listen', () => {
  it.each([
    ['127.0.0.1', /^http:\/\/127\.0\.0\.1:[1-9]\d*$/],
    ['localhost', /^http:\/\/localhost:[1-9]\d*$/],
    ['0.0.0.0', /^http:\/\/127\.0\.0\.1:[1-9]\d*$/],
    ['::1', /^http:\/\/\[::1\]:[1-9]\d*$/],
  ])('gives an address that this machine can use for %s', async (host, form) => {
    const { app } = createApp()
    app.get('/', async () => 'here')

    const url = await listen(app, { host, port: 0 })

    expect(url).toMatch(form)
    expect(await (await fetch(url)).text()).toBe('here')
  })

  it('closes the app when the port is taken, and says what to do', async () => {
    const first = createApp()
    const second = createApp()
    const url = await listen(first.app, { host: '127.0.0.1', port: 0 })
    const port = Number(new URL(url).port)

    const failed = listen(second.app, { host: '127.0.0.1', port })

    await expect(failed).rejects.toBeInstanceOf(ListenError)
    await expect(failed).rejects.toThrow(`Cannot listen on 127.0.0.1 port ${port}: another program`)
    expect([first.closed.yes, second.closed.yes]).toEqual([false, true])
  })
})

it.each([
  ['0.0.0.0', true],
  ['::', true],
  ['0:0:0:0:0:0:0:0', true],
  ['127.0.0.1', false],
  ['::1', false],
  ['10.0.0.0', false],
])('knows whether %s is every address', (host, answer) => {
  expect(isEveryAddress(host)).toBe(answer)
})
