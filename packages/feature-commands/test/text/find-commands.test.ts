import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findCommands, type TextFindings } from '../../src/text/find-commands.ts'
import { rules } from '../support/rules.ts'

const find = (text: string, changes = {}) => findCommands(text, rules(changes))

const namesIn = ({ commands }: TextFindings) => commands.map(({ name }) => name)

/** What is left of a text. */
function rest(text: string, { cuts }: TextFindings): string {
  let at = 0
  let left = ''
  for (const { start, end } of cuts) {
    left += text.slice(at, start)
    at = end
  }
  return left + text.slice(at)
}

/** A text that holds nothing for the gateway. */
function expectUntouched(text: string, changes = {}): void {
  const found = find(text, changes)
  expect({ commands: namesIn(found), mistakes: found.mistakes, cuts: found.cuts }).toEqual({
    commands: [],
    mistakes: [],
    cuts: [],
  })
}

describe('findCommands', () => {
  it.each([
    ['!/help', ['help'], ''],
    ['  !/help  ', ['help'], ''],
    ['\n!/help\r\n', ['help'], ''],
    ['!/backend(b) !/model(m)', ['backend', 'model'], ''],
    ['!/backend(b)\n\n!/model(m)', ['backend', 'model'], ''],
    ['!/HELP', ['HELP'], ''],
    ['!/one_off(a:m)', ['one_off'], ''],
    ['!/backend(b)\nhello', ['backend'], 'hello'],
    ['hello\n!/backend(b)', ['backend'], 'hello'],
    ['hello\n!/backend(b)\nthere', ['backend'], 'hello\nthere'],
    ['hello\r\n!/backend(b)\r\nthere', ['backend'], 'hello\r\nthere'],
    ['!/backend(b) hello', ['backend'], 'hello'],
    ['!/oneoff(A:m)hello', ['oneoff'], 'hello'],
    ['!/backend(b)\n    if x:\n        y()', ['backend'], '    if x:\n        y()'],
    ['!/backend(b)\n \n\n  hello', ['backend'], '  hello'],
    ['x !/max\n!/low\n<env>y</env>', ['max', 'low'], 'x\n<env>y</env>'],
    ['x !/max\n\n!/low\n\n<env>y</env>', ['max', 'low'], 'x\n\n<env>y</env>'],
    ['hello !/backend(b)', ['backend'], 'hello'],
    ['hello !/max !/backend(b)\n', ['max', 'backend'], 'hello'],
    ['!/max hello !/backend(b)', ['max', 'backend'], 'hello'],
    [
      '!/max\n!/low hello\nx\n!/help\ny !/backend(b)',
      ['max', 'low', 'help', 'backend'],
      'hello\nx\ny',
    ],
    ['<task>\n!/backend(b)\nhello\n</task>', ['backend'], '<task>\nhello\n</task>'],
    ['<task>!/backend(b) hello</task>', ['backend'], '<task>hello</task>'],
    [
      '<task>hello !/backend(b)</task>\n<env>!/help</env>',
      ['backend'],
      '<task>hello</task>\n<env>!/help</env>',
    ],
    ['see `a\nb` !/backend(b)', ['backend'], 'see `a\nb`'],
    ['!/backend(b) see `a\nb`', ['backend'], 'see `a\nb`'],
  ])('finds the commands of %j', (text, names, left) => {
    const found = find(text)
    expect(namesIn(found)).toEqual(names)
    expect(found.mistakes).toEqual([])
    expect(rest(text, found)).toBe(left)
    expect(found.hasWords).toBe(left !== '')
  })

  it.each([
    ['a script', '#!/bin/sh\necho'],
    ['an interpreter', '!/usr/bin/env node'],
    ['a path', 'look at !/etc/passwd'],
    ['prices and exclamations', 'Only 3!/each, wow!/help'],
    ['a command within a line', 'use !/help to see'],
    ['a command behind words in the middle', 'hello !/help\nthere'],
    ['fenced code', '```\n!/backend(b)\n```'],
    ['fenced code that nothing closes', 'x\n~~~\n!/help'],
    ['indented code', 'x\n\n    !/help'],
    ['a quote', '> !/help'],
    ['code in a line', 'write `!/help`'],
    ['code over lines', 'write `x\n!/help\ny` now'],
    ['context of an agent', '<system-reminder>\n!/help\n</system-reminder>\nhello'],
    ['a file', '<file path="x">\n!/backend(b)\n</file>\nexplain'],
    ['unknown names in front of words', '!/nonsense hello'],
    ['unknown names behind words', 'hello !/modle'],
    ['ignored files', 'ignore these:\n!/src\n!/models\n!/log\n!/backend\n!/set'],
    ['ignored files with words behind', '/dist\n!/src\n!/model\nnode_modules'],
    ['bare names that take a value, at the end', 'please show !/model'],
    ['another prefix', '##help'],
  ])('leaves alone %s', (_, text) => {
    expectUntouched(text)
  })

  it.each([
    ['!/backend(b', [{ name: 'backend', is: 'unclosed' }]],
    ['hello\n!/backend(b', [{ name: 'backend', is: 'unclosed' }]],
    ['!/nonsense(1)', [{ name: 'nonsense', is: 'unknown' }]],
    ['hello\n!/nonsense(1)', [{ name: 'nonsense', is: 'unknown' }]],
    ['!/modle', [{ name: 'modle', is: 'unknown' }]],
    ['!/modle(x)\nhello', [{ name: 'modle', is: 'unknown' }]],
    ['!/hepl\nhello', []],
    ['hello\n!/no-thnk', [{ name: 'no-thnk', is: 'unknown' }]],
    ['hello\n!/src !/max', [{ name: 'src', is: 'unknown' }]],
    ['!/help !/nonsense(1)', [{ name: 'nonsense', is: 'unknown' }]],
    ['!/model gpt-4o', [{ name: 'model', is: 'bare' }]],
    ['!/max !/backend b please', [{ name: 'backend', is: 'bare' }]],
  ])('tells what is wrong with %j', (text, mistakes) => {
    expect(find(text).mistakes).toEqual(mistakes)
  })

  it('doubts an unknown name alone on its line', () => {
    const found = find('!/src')
    expect(found).toMatchObject({
      commands: [],
      mistakes: [],
      doubtful: [{ name: 'src', is: 'unknown' }],
      hasWords: false,
    })
    expect(find('!/src\nhello')).toMatchObject({ mistakes: [], hasWords: true, cuts: [] })
  })

  it('finds only what stands before the first word where it is strict', () => {
    const strict = { isStrict: true }
    expect(namesIn(find('!/max\n!/backend(b) hello', strict))).toEqual(['max', 'backend'])
    expect(namesIn(find('\n<task>!/max\nhello</task>', strict))).toEqual(['max'])
    expectUntouched('hello\n!/backend(b)', strict)
    expectUntouched('hello !/backend(b)', strict)
    expectUntouched('hello\n!/nonsense(1)', strict)
    expect(find('!/max\nhello !/low', strict).commands.length).toBe(1)
  })

  it('reads several prefixes, also where one begins with another', () => {
    const prefixes = ['!/!', '!/', '##']
    expect(namesIn(find('!/max\n##low\n!/!help', { prefixes }))).toEqual(['max', 'low', 'help'])
    expectUntouched('# heading\n\n## !/ heading', { prefixes })
  })

  it('tells context apart from words', () => {
    expect(find('<env>x</env>\n!/help')).toMatchObject({ hasContext: true, hasWords: false })
    expect(find('<env>x</env>\nhello')).toMatchObject({ hasContext: true, hasWords: true })
    expect(find('!/help')).toMatchObject({ hasContext: false })
  })

  it('counts the tags around commands to what a person wrote', () => {
    const text = '<task>\n!/help\n</task>\n<env>x</env>'
    const { own } = find(text)
    expect(rest(text, { ...find(text), cuts: own })).toBe('<env>x</env>')
  })

  const unit = fc.constantFrom(
    ...[
      '!/help',
      '!/model(x)',
      '!/model',
      '!/src',
      '!/modle',
      '!/x(',
      'hello',
      ' ',
      '\n',
      '\n\n',
      '`',
    ],
    ...['```\n', '> ', '    ', '<task>', '</task>', '<env>', '</env>', '\r\n', 'x !/max', '.'],
  )

  it('cuts ranges in order, and all commands with them, and nothing of what is none', () => {
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 14 }), fc.boolean(), (units, isStrict) => {
        const text = units.join('')
        const found = find(text, { isStrict })
        let at = 0
        for (const { start, end } of found.cuts) {
          expect(start).toBeGreaterThanOrEqual(at)
          expect(end).toBeGreaterThan(start)
          at = end
        }
        expect(at).toBeLessThanOrEqual(text.length)
        const isCut = (place: { readonly start: number; readonly end: number }) =>
          found.cuts.some(({ start, end }) => start <= place.start && end >= place.end)
        expect(found.commands.every(isCut)).toBe(true)
        if (found.commands.length + found.mistakes.length === 0) expect(found.cuts).toEqual([])
        const words = text.match(/\bhello/g)?.length ?? 0
        expect(rest(text, found).match(/\bhello/g)?.length ?? 0).toBe(words)
      }),
      { numRuns: 500 },
    )
  })

  const line = fc.constantFrom(
    ...['!/help', '!/model(x)', '!/model', '!/src', '!/modle', '!/x(', 'hello', '', '`', '```'],
    ...[
      '> a',
      '    !/max',
      '<task>',
      '</task>',
      '<env>',
      '</env>',
      'x !/max',
      '!/max hello',
      'a `b',
    ],
    ...['!/max !/low', '!/src !/max', 'c` !/low', '!/model gpt', '</env> !/help', '~~~', '\t!/max'],
  )

  it('leaves no command in what it leaves', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 10 }), fc.boolean(), (lines, isStrict) => {
        const text = lines.join('\n')
        const left = rest(text, find(text, { isStrict }))
        expect([left, namesIn(find(left, { isStrict }))]).toEqual([left, []])
      }),
      { numRuns: 1_000 },
    )
  })
})
