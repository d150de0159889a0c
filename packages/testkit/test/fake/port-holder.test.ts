import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { reply } from '../../src/fake/script.ts'
import { rawClient } from '../raw-client.ts'
import { get, serve } from '../serve.ts'

/** States of the sockets whose own port it is, from the kernel’s table. */
function statesOf(port: number): readonly string[] {
  const own = port.toString(16).toUpperCase().padStart(4, '0')
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local]) => local?.endsWith(`:${own}`))
    .map(([, , , state = '']) => state)
}

const established = '01'

describe.runIf(process.platform === 'linux')('a port that refuses', () => {
  it('stays ours, so that no other server can be given it', async () => {
    const server = await serve(reply(200, 'ok'))

    await server.setListener('refuse')
    const held = statesOf(server.port)
    await server.close()

    expect(held).toEqual([established])
    expect(statesOf(server.port)).toEqual([])
  })

  it('is refused to who connects, also after it was used', async () => {
    const server = await serve(reply(200, 'ok'))
    await rawClient(server.port, get).receives('ok')

    for (const mode of ['refuse', 'accept', 'refuse'] as const) await server.setListener(mode)

    expect(await rawClient(server.port, get).ended).toBe('ECONNREFUSED')
  })

  it('can be listened on by whoever asks for it by its number', async () => {
    const server = await serve(reply(200, 'ok'))
    await server.setListener('refuse')
    const other = createServer()
    onTestFinished(() => void other.close())

    const listening = new Promise((resolve, reject) => {
      other.once('error', reject)
      other.listen({ port: server.port, host: '127.0.0.1' }, () => resolve('listening'))
    })

    expect(await listening).toBe('listening')
  })
})
