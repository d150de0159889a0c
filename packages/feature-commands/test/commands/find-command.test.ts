import { describe, expect, it } from 'vitest'
import { allCommands } from '../../src/commands/all-commands.ts'
import { findCommand, nearNames } from '../../src/commands/find-command.ts'

describe('findCommand', () => {
  it.each([
    ['backend', 'backend'],
    ['BackEnd', 'backend'],
    ['one-off', 'oneoff'],
    ['one_off', 'oneoff'],
    ['disable_thinking', 'no-think'],
    ['create_failover_route', 'create-failover-route'],
  ])('finds %s', (name, known) => {
    expect(findCommand(name, allCommands)?.name).toBe(known)
  })

  it.each(['', 'nonsense', 'back', 'constructor', '__proto__'])('does not find %j', (name) => {
    expect(findCommand(name, allCommands)).toBeUndefined()
  })
})

describe('nearNames', () => {
  it.each([
    ['modle', ['model']],
    ['models', ['model']],
    ['bakcend', ['backend']],
    ['backends', ['backend']],
    ['temprature', ['temperature']],
    ['no-thinkin', ['no-thinking', 'no-think']],
    ['route_lst', ['route-list']],
  ])('finds what %s was meant for', (name, known) => {
    expect(nearNames(name, allCommands)).toEqual(known)
  })

  it.each(['src', 'log', 'sat', 'hel', 'dist', 'node_modules', 'usr', 'x'.repeat(10_000)])(
    'takes %s for no mistake',
    (name) => {
      expect(nearNames(name, allCommands)).toEqual([])
    },
  )
})

describe('the commands', () => {
  it('have names of which no two are the same', () => {
    const names = allCommands.flatMap(({ name, aliases = [] }) => [name, ...aliases])
    expect(new Set(names).size).toBe(names.length)
  })
})
