import { describe, expect, it } from 'vitest'
import { asked, modelOf, startWorld } from './world.ts'

const message = (role: string, content: string) => ({ role, content })

/** A client that keeps its conversation, and has it compacted by the provider. */
async function start() {
  const world = await startWorld('openai-responses')
  const post = async (path: string, input: readonly object[]) => {
    const response = await fetch(`${world.gateway.url}/v1/responses${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-session-id': 'mine' },
      body: JSON.stringify({ model: 'first', input }),
    })
    return { status: response.status, body: await response.text() }
  }
  return { ...world, post }
}

describe('the compaction of a conversation with commands', () => {
  const history = [
    message('user', '!/help(hello)'),
    message('assistant', 'hello - Shows the session.'),
    message('user', 'first question !/temperature(0.5)'),
    message('assistant', 'You said: first question'),
    message('user', '!/backend(nowhere)'),
  ]

  it('is done without them, and executes none', async () => {
    const { post, a, b } = await start()

    const { status } = await post('/compact', history)

    expect(status).toBe(200)
    expect(asked(a).map((request) => request.json())).toEqual([
      {
        model: 'first',
        input: [
          message('user', 'first question'),
          message('assistant', 'You said: first question'),
        ],
      },
    ])
    await post('', [message('user', 'Hello')])
    expect(asked(a).at(-1)?.text()).not.toContain('temperature')
    expect(asked(b)).toHaveLength(0)
  })

  it('is done where the session is, and leaves a one-off route alone', async () => {
    const { post, a, b } = await start()
    await post('', [message('user', '!/backend(b)\n!/model(second)\n!/oneoff(a:third)')])

    await post('/compact', history)
    await post('', [message('user', 'Hello')])

    expect(asked(b).map((request) => [request.path, modelOf(request)])).toEqual([
      ['/v1/responses/compact', 'second'],
    ])
    expect(asked(a).map(modelOf)).toEqual(['third'])
  })

  it('without any command is byte by byte what the client sent', async () => {
    const { gateway, a } = await start()
    const body = '{ "model":"first",  "input":[ {"role":"user","content":"h\\u00e4 !/bin"} ] }'

    await fetch(`${gateway.url}/v1/responses/compact`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })

    expect(asked(a)[0]?.text()).toBe(body)
  })
})
