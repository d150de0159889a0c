import { describe, expect, it } from 'vitest'
import { emptyState, type SessionState } from '../../src/session/session-state.ts'
import { runner } from '../support/run.ts'

const state = (changes: Partial<SessionState>): SessionState => ({ ...emptyState, ...changes })

describe('backend, model and oneoff', () => {
  it.each<[string, string, Partial<SessionState>, Partial<SessionState>?]>([
    ['!/backend(b)', 'Backend changed to b.', { backend: 'b', backends: ['b'] }],
    ['!/backend(name=b)', 'Backend changed to b.', { backend: 'b', backends: ['b'] }],
    ['!/backend("b")', 'Backend changed to b.', { backend: 'b', backends: ['b'] }],
    ['!/backend()', 'Backend unset.', {}, { backend: 'b', backends: ['b'] }],
    ['!/backend', 'Backend unset.', {}, { backend: 'b' }],
    [
      '!/backend(b)',
      'Backend changed to b.',
      { backend: 'b', model: 'm', backends: ['b'] },
      { model: 'm' },
    ],
    [
      '!/backend(b)',
      'Backend changed to b.',
      { backend: 'b', model: 'm', backends: ['b'] },
      { model: 'a:m', backends: ['a'] },
    ],
    [
      '!/backend(b)',
      'Backend changed to b.',
      { backend: 'b', backends: ['b'] },
      { model: 'a:m|b:n', backends: ['a', 'b'] },
    ],
    ['!/model(x)', 'Model changed to x.', { model: 'x' }],
    ['!/model(name=x)', 'Model changed to x.', { model: 'x' }],
    ['!/model(x/y:z)', 'Model changed to x/y:z.', { model: 'x/y:z' }],
    [
      '!/model(x)',
      'Model changed to x.',
      { backend: 'b', model: 'x', backends: ['b'] },
      { backend: 'b' },
    ],
    ['!/model(b:x)', 'Model changed to b:x.', { model: 'b:x', backends: ['b'] }, { backend: 'a' }],
    [
      '!/model(b:x?temperature=0.2)',
      'Model changed to b:x?temperature=0.2.',
      { model: 'b:x?temperature=0.2', backends: ['b'] },
    ],
    ['!/model(a:x|b:y)', 'Model changed to a:x|b:y.', { model: 'a:x|b:y', backends: ['a', 'b'] }],
    ['!/model(spare)', 'Model changed to spare.', { model: 'spare' }],
    ['!/model()', 'Model unset.', { backend: 'b', backends: ['b'] }, { model: 'x', backend: 'b' }],
    ['!/oneoff(b:x)', 'One-off route set to b:x.', { oneOff: 'b:x', backends: ['b'] }],
    ['!/one-off(b/x)', 'One-off route set to b/x.', { oneOff: 'b/x', backends: ['b'] }],
    [
      '!/oneoff(b:x)',
      'One-off route set to b:x.',
      { backend: 'a', oneOff: 'b:x', backends: ['a', 'b'] },
      { backend: 'a', backends: ['a'] },
    ],
    [
      '!/backend(b) !/model(x)',
      'Backend changed to b.\nModel changed to x.',
      { backend: 'b', model: 'x', backends: ['b'] },
    ],
  ])('%s says %j', async (command, text, after, before = {}) => {
    const run = await runner({
      config: { failoverRoutes: { spare: { policy: 'm', elements: ['a:x', 'b:x'] } } },
    })
    expect(await run(command, before)).toEqual({ text, state: state(after) })
  })

  it.each([
    ['!/backend(zz)', '!/backend: There is no backend "zz". Backends: a, b.'],
    ['!/backend(constructor)', '!/backend: There is no backend "constructor". Backends: a, b.'],
    ['!/backend(a, b)', '!/backend: This command takes one value.'],
    ['!/backend(x=b)', '!/backend: There is no argument "x". Write the value alone.'],
    [`!/model(${'x'.repeat(501)})`, '!/model: That is longer than 500 characters.'],
    [
      '!/oneoff(x)',
      '!/oneoff: "x" names no backend. Write it as oneoff(backend:model). Backends: a, b.',
    ],
    ['!/oneoff()', '!/oneoff: Write it as oneoff(backend:model).'],
    ['!/oneoff', '!/oneoff: Write it as oneoff(backend:model).'],
    ['!/backend(b) !/oneoff()', '!/oneoff: Write it as oneoff(backend:model).'],
  ])('%s fails', async (command, text) => {
    expect(await (await runner())(command)).toEqual({ text })
  })

  it.each(['!/model(a:)', '!/model(a:x|)', '!/oneoff(a:x^|b:y)'])(
    '%s names the column of the mistake',
    async (command) => {
      expect((await (await runner())(command)).text).toMatch(/^!\/\w+: ".+", column \d+: ./)
    },
  )

  it.each([
    '!/backend(b)',
    '!/model(b:x)',
    '!/oneoff(b:x)',
    '!/set(backend=b)',
    '!/set(model=b:x)',
  ])('%s says the same of a backend that the caller may not use as of none', async (command) => {
    const forbidden = await (await runner({ own: ['a'] }))(command)
    const absent = await (await runner({ own: ['a'], backends: ['a'] }))(command)

    expect(forbidden.state).toBeUndefined()
    if (!command.includes('model')) expect(forbidden).toEqual(absent)
    expect(forbidden.text).toContain('Backends: a.')
  })

  it.each([
    ['!/backend(b)', 'The backend'],
    ['!/backend()', 'The backend'],
    ['!/model(x)', 'The model'],
    ['!/model()', 'The model'],
    ['!/oneoff(b:x)', 'The route'],
    ['!/set(backend=b)', 'The backend'],
    ['!/set(model=x)', 'The model'],
  ])('%s cannot do anything about a static route', async (command, what) => {
    const run = await runner({ config: { staticRoute: 'a:m' } })
    const { text, state: after } = await run(command)
    expect(text).toMatch(`${what} cannot be changed while a static route is set.`)
    expect(after).toBeUndefined()
  })

  it('leaves a failover route of the session to itself where a backend is chosen', async () => {
    const routes = { mine: { policy: 'm' as const, elements: ['a:x'] } }
    const run = await runner()

    const { state: after } = await run('!/backend(b) !/model(mine)', { routes })

    expect(after).toMatchObject({ backend: 'b', model: 'mine' })
    expect((await run('!/hello', after)).text).toContain('Requests go to mine.')
  })
})
