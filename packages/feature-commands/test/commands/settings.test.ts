import { describe, expect, it } from 'vitest'
import { isPrefix } from '../../src/commands/settings.ts'
import { emptyState, type SessionState } from '../../src/session/session-state.ts'
import { runner } from '../support/run.ts'

describe('set, unset, temperature and presets', () => {
  it.each<[string, string, Partial<SessionState>, Partial<SessionState>?]>([
    [
      '!/set(temperature=0.2, reasoning_effort=high)',
      'Settings updated: temperature=0.2, reasoning-effort=high.',
      { parameters: { temperature: 0.2, reasoningEffort: 'high' } },
    ],
    [
      '!/set(reasoning-effort=maximum)',
      'Settings updated: reasoning-effort=maximum.',
      { parameters: { reasoningEffort: 'max' } },
    ],
    [
      '!/set(top-p=1, top-k=40, max-output-tokens=500, verbosity=low)',
      'Settings updated: top-p=1, top-k=40, max-output-tokens=500, verbosity=low.',
      { parameters: { topP: 1, topK: 40, maxOutputTokens: 500, verbosity: 'low' } },
    ],
    [
      '!/set(backend=b, model=x)',
      'Settings updated: backend=b, model=x.',
      { backend: 'b', model: 'x', backends: ['b'] },
    ],
    [
      '!/set(command-prefix=##)',
      'Settings updated: command-prefix=##.',
      { prefix: '##', prefixes: ['##'] },
    ],
    [
      '!/unset(temperature, Top_P, backend)',
      'Settings unset: temperature, Top_P, backend.',
      { parameters: { topK: 3 } },
      { parameters: { temperature: 1, topP: 1, topK: 3 }, backend: 'b', backends: ['b'] },
    ],
    [
      '!/unset(command-prefix)',
      'Settings unset: command-prefix.',
      { prefixes: ['##'] },
      { prefix: '##', prefixes: ['##'] },
    ],
    ['!/unset(model)', 'Settings unset: model.', {}, {}],
    ['!/temperature(0.7)', 'Temperature set to 0.7.', { parameters: { temperature: 0.7 } }],
    ['!/temperature(value=2)', 'Temperature set to 2.', { parameters: { temperature: 2 } }],
    ['!/temperature(.5)', 'Temperature set to .5.', { parameters: { temperature: 0.5 } }],
    ['!/temperature()', 'Temperature unset.', {}, { parameters: { temperature: 1 } }],
    ['!/max', 'Reasoning mode set to max.', { parameters: { reasoningEffort: 'high' } }],
    ['!/medium()', 'Reasoning mode set to medium.', { parameters: { reasoningEffort: 'medium' } }],
    ['!/low', 'Reasoning mode set to low.', { parameters: { reasoningEffort: 'low' } }],
    [
      '!/disable-thinking',
      'Reasoning mode set to no-think.',
      { parameters: { reasoningEffort: 'none', topK: 1 } },
      { parameters: { topK: 1 } },
    ],
  ])('%s says %j', async (command, text, after, before = {}) => {
    const run = await runner()
    expect(await run(command, before)).toEqual({ text, state: { ...emptyState, ...after } })
  })

  it.each([
    ['!/set()', 'Write it as set(name=value, …).'],
    ['!/set', 'Write it as set(name=value, …).'],
    ['!/set(temperature)', 'Write it as set(name=value, …).'],
    ['!/set(temperature=3)', '"3" is no number from 0 to 2.'],
    ['!/set(temperature=-1)', '"-1" is no number from 0 to 2.'],
    ['!/set(temperature=)', '"" is no number from 0 to 2.'],
    ['!/set(temperature=1e0)', '"1e0" is no number from 0 to 2.'],
    ['!/set(top-p=1.1)', '"1.1" is no number from 0 to 1.'],
    ['!/set(top-k=0)', '"0" is no whole number from 1 on.'],
    ['!/set(max-output-tokens=1.5)', '"1.5" is no whole number from 1 on.'],
    ['!/set(max-output-tokens=9999999999)', '"9999999999" is no whole number from 1 on.'],
    ['!/set(backend=zz)', 'There is no backend "zz". Backends: a, b.'],
    ['!/unset()', 'Write it as unset(name, …).'],
    ['!/unset(model=x)', 'Write it as unset(name, …).'],
    ['!/temperature(hot)', '"hot" is no number from 0 to 2.'],
    ['!/temperature(1, 2)', 'This command takes one value.'],
    ['!/max(1)', '"max" takes no value.'],
  ])('%s fails', async (command, problem) => {
    const [, name] = /^!\/([a-z-]+)/.exec(command) ?? []
    expect(await (await runner())(command)).toEqual({ text: `!/${name}: ${problem}` })
  })

  it.each([
    '!/set(colour=red)',
    '!/unset(colour)',
    '!/set(constructor=x)',
    '!/set(verbosity=loud)',
    '!/set(reasoning-effort=very)',
  ])('%s says what is known', async (command) => {
    const { text, state } = await (await runner())(command)
    expect(text).toMatch(/Known are backend, model, temperature|is none of /)
    expect(state).toBeUndefined()
  })

  it('sets all values or none', async () => {
    const run = await runner()
    expect((await run('!/set(temperature=1, top-p=7)')).state).toBeUndefined()
  })
})

describe('isPrefix', () => {
  it.each(['!/', '##', '&&', '//', '=!!', '[[', '~~~~~~~~~~', ';;', '$$'])('takes %s', (prefix) => {
    expect(isPrefix(prefix)).toBe(true)
  })

  it.each([
    '',
    '!',
    'a!',
    '!1',
    '! /',
    '!"',
    "!'",
    '!(',
    '!)',
    '!<',
    '!>',
    '`!',
    '!\\',
    'é!',
    '~'.repeat(11),
  ])('refuses %j', async (prefix) => {
    expect(isPrefix(prefix)).toBe(false)
    const { text } = await (await runner())(
      `!/set(command-prefix="${prefix.replaceAll(/[\\"]/g, '\\$&')}")`,
    )
    expect(text).toContain('cannot stand before commands')
  })
})
