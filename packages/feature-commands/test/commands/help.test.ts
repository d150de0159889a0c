import { describe, expect, it } from 'vitest'
import { allCommands } from '../../src/commands/all-commands.ts'
import { findCommand } from '../../src/commands/find-command.ts'
import { readCommands } from '../../src/text/read-command.ts'
import { runner } from '../support/run.ts'

describe('help', () => {
  it('lists every command with its description, and the settings', async () => {
    const { text } = await (await runner())('!/help')
    for (const { format, description } of allCommands) {
      expect(text).toContain(`\n!/${format.replace(' or ', ' or !/')} - ${description}\n`)
    }
    expect(text).toMatch(/^Commands:\n/)
    expect(text).toMatch(/Settings: backend, model, temperature, .*command-prefix\.$/)
  })

  it.each(allCommands.map((command) => [command.name, command] as const))(
    'explains %s, with examples that are that command',
    async (name, command) => {
      const { description, examples, format } = command
      const { text } = await (await runner())(`!/help(${name})`)
      expect(text).toContain(
        `${name} - ${description}\nFormat: !/${format.replace(' or ', ' or !/')}\n`,
      )
      for (const example of examples.map((own) => `!/${own}`)) {
        expect(text).toContain(example)
        const { commands, end } = readCommands(example, ['!/'], { start: 0, end: example.length })
        expect(end).toBe(example.length)
        expect(commands.map((own) => findCommand(own.name, allCommands))).toEqual([command])
      }
    },
  )

  it('explains by any name, and says what it does not know', async () => {
    const run = await runner()
    expect((await run('!/help(No_Reasoning)')).text).toContain('no-think - ')
    expect((await run('!/help(no-think)')).text).toContain('Also: no-thinking')
    expect(await run('!/help(zz)')).toEqual({ text: '!/help: There is no command "zz".' })
  })
})

describe('hello', () => {
  it('shows the session, and what the caller may use', async () => {
    const run = await runner({ own: ['a'] })

    expect((await run('!/hello')).text).toBe(
      [
        'This is Jackfield, session session-.',
        'Backends: a (2 targets).',
        'For the commands write !/help',
      ].join('\n'),
    )
  })

  it('shows what is set', async () => {
    const run = await runner()
    const { text } = await run('!/backend(b) !/model(x) !/oneoff(a:y) !/temperature(1) !/hello')
    expect(text).toContain(
      ['Requests go to b:x.', 'The next one goes to a:y.', 'Set: temperature=1.'].join('\n'),
    )
  })
})
