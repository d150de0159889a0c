import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findTrailingCommands, readCommand, readCommands } from '../../src/text/read-command.ts'

function read(text: string, prefix = '!/') {
  return readCommand(text, prefix, { start: 0, end: text.length })
}

/** Arguments of a command that is the whole text. */
function argumentsOf(inside: string) {
  const text = `!/x(${inside})`
  const reading = read(text)
  if (reading.is !== 'command') throw new Error(`"${text}" is ${reading.is}`)
  expect(reading.command.end).toBe(text.length)
  const { positional, named } = reading.command.args
  return { positional, named: Object.fromEntries(named) }
}

describe('readCommand', () => {
  it.each(['help', 'no-think', 'one_off', 'HELP', 'a1'])('reads a bare name: %s', (name) => {
    expect(read(`!/${name}`)).toMatchObject({ is: 'command', command: { name } })
    expect(read(`!/${name} x`)).toMatchObject({
      is: 'command',
      command: { name, start: 0, end: name.length + 2, hasParentheses: false },
    })
  })

  it.each(['!/', '!/1a', '!/-a', '!/a/b', '!/a.b', '!/a:b', '!/äb', '!//a', '!/ a', 'x', '!', ''])(
    'finds nothing in %j',
    (text) => {
      expect(read(text)).toEqual({ is: 'nothing' })
    },
  )

  it.each(['!/a(', '!/a(b', '!/a("b)', '!/a((b)', '!/a(b\\)', `!/a(${'x'.repeat(3_000)})`])(
    'tells that %j is not closed',
    (text) => {
      expect(read(text)).toEqual({ is: 'unclosed', name: 'a', start: 0 })
    },
  )

  it.each(['!/', '##', '&&', '//', '=!=', '[[', '::::'])('reads behind the prefix %s', (prefix) => {
    expect(read(`${prefix}backend(b)`, prefix)).toMatchObject({
      command: { name: 'backend', args: { positional: ['b'] } },
    })
  })

  it('looks no further than its range', () => {
    expect(readCommand('!/backend(b)', '!/', { start: 0, end: 6 })).toMatchObject({
      command: { name: 'back', hasParentheses: false },
    })
    expect(readCommand('!/backend(b)', '!/', { start: 0, end: 11 }).is).toBe('unclosed')
  })

  it.each([
    ['', []],
    ['  ', []],
    ['a', ['a']],
    [' a , b ', ['a', 'b']],
    ['a,,b,', ['a', 'b']],
    ['openrouter:qwen/qwen3-coder', ['openrouter:qwen/qwen3-coder']],
    ['openai:x?temperature=0.2', ['openai:x?temperature=0.2']],
    ['"a, b", c', ['a, b', 'c']],
    ["'a, (b', c", ['a, (b', 'c']],
    ['a(b,c)d, e', ['a(b,c)d', 'e']],
    ['hybrid:[a:b,c:d], {x,y}', ['hybrid:[a:b,c:d]', '{x,y}']],
    ['a\\,b, c\\)d', ['a,b', 'c)d']],
    ['"a\\"b"', ['a"b']],
    ["it's, o'clock", ["it's", "o'clock"]],
    ['"', undefined],
  ])('reads positional values: %j', (inside, positional) => {
    if (positional === undefined) expect(read(`!/x(${inside})`).is).toBe('unclosed')
    else expect(argumentsOf(inside)).toEqual({ positional, named: {} })
  })

  it.each([
    ['a=b', { a: 'b' }],
    [' Name = b:c , policy=km', { name: 'b:c', policy: 'km' }],
    ['reasoning_effort=high', { 'reasoning-effort': 'high' }],
    ['a=', { a: '' }],
    ['a=b=c', { a: 'b=c' }],
    ['a="x, y", b=\'(\'', { a: 'x, y', b: '(' }],
    ['a=1, A=2', { a: '2' }],
    ['command-prefix=##', { 'command-prefix': '##' }],
    ['__proto__=x', {}],
  ])('reads named values: %j', (inside, named) => {
    expect(argumentsOf(inside).named).toEqual(named)
  })

  const key = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/)
  const value = fc.string({
    unit: fc.constantFrom(...'ab1=,()[]{}"\'\\: ?/#'),
    minLength: 1,
    maxLength: 12,
  })
  const quoted = (text: string) => `"${text.replaceAll(/[\\"]/g, '\\$&')}"`

  it('reads back what is printed in quotes', () => {
    const args = fc.record({
      positional: fc.array(value, { maxLength: 4 }),
      named: fc.dictionary(key, value, { maxKeys: 4, noNullPrototype: true }),
    })
    fc.assert(
      fc.property(key, args, (name, { positional, named }) => {
        const parts = [
          ...positional.map(quoted),
          ...Object.entries(named).map(([own, text]) => `${own}=${quoted(text)}`),
        ]
        const text = `!/${name}(${parts.join(', ')})`

        const reading = read(`${text} and more`)

        expect(reading).toMatchObject({ is: 'command', command: { name, end: text.length } })
        if (reading.is !== 'command') return
        expect(reading.command.args.positional).toEqual(positional)
        expect(Object.fromEntries(reading.command.args.named)).toEqual(named)
      }),
    )
  })

  it('takes any text behind a prefix without failing', () => {
    const unit = fc.constantFrom(...'ab(,)"\'\\=[]{} \n!/')
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
        const range = { start: 0, end: text.length + 2 }
        const { commands, end } = readCommands(`!/${text}`, ['!/'], range)
        expect(end).toBeLessThanOrEqual(range.end)
        for (const command of commands) expect(command.end).toBeLessThanOrEqual(end)
      }),
    )
  })
})

describe('readCommands', () => {
  it('reads a row, up to the first thing that is none', () => {
    const text = '  !/a !/b(c)  ##d() e !/f'
    const { commands, end } = readCommands(text, ['!/', '##'], { start: 0, end: text.length })
    expect(commands.map(({ name }) => name)).toEqual(['a', 'b', 'd'])
    expect(text.slice(end)).toBe('e !/f')
  })

  it('tells of one that is not closed behind others', () => {
    expect(readCommands('!/a !/b(', ['!/'], { start: 0, end: 8 })).toMatchObject({
      commands: [{ name: 'a' }],
      end: 4,
      unclosed: 'b',
    })
  })
})

describe('findTrailingCommands', () => {
  const find = (text: string, accepts = () => true) =>
    findTrailingCommands(text, ['!/'], { range: { start: 0, end: text.length }, accepts }).map(
      ({ name }) => name,
    )

  it.each([
    ['hello !/a', ['a']],
    ['hello !/a !/b(c) ', ['a', 'b']],
    ['hello !/a x !/b', ['b']],
    ['price!/a', []],
    ['!/a hello', []],
    ['hello !/a.', []],
    ['hello !/a(x !/b', ['b']],
    ['hello', []],
    ['', []],
  ])('finds what %j ends with', (text, names) => {
    expect(find(text)).toEqual(names)
  })

  it('finds the longest row of which all are accepted', () => {
    const accepts = ({ name }: { readonly name: string }) => name !== 'b'
    expect(
      findTrailingCommands('x !/a !/b !/c !/d', ['!/'], {
        range: { start: 0, end: 17 },
        accepts,
      }).map(({ name }) => name),
    ).toEqual(['c', 'd'])
  })
})
