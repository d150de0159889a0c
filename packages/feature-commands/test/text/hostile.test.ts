import { describe, expect, it } from 'vitest'
import { findCommands } from '../../src/text/find-commands.ts'
import { rules } from '../support/rules.ts'

const size = 100_000
const limitMs = 250

const units = [
  ...['!/', '!/a(', '!/a ', '!/help ', '!/help\n', '!/modle\n', '!/backend(\n', ' !/help('],
  ...['!/set(a="', '!/set(a="x",', '!/set((', '!/help()', 'x !/help\n', '!/help\nx\n'],
  ...[
    '<a>',
    '</a>',
    '<a></a>',
    '<a>\n',
    '</a>\n',
    '<a>\n</a>\n',
    '<a><b>',
    '</a></b>',
    '<a>\n<b>\n',
  ],
  ...['<', '</', '</a', '</a ', '<a ', '<a/>', '<a!', '</ab>', '<a>\n</ab>\n', '>'],
  ...['<task>', '</task>', '<task></task>', ' </task>', '<task> ```', '<a></a>```'],
  ...['`', '` ', '`\n', '``` ', '```\n', '~~~\n', '`` ` ', '"', "'", '(', ')', '\\', ',', '='],
  ...['\n', ' ', ' \n', '\t', '    x\n', '\u00a0', '\u{1f600}'],
]

/** Milliseconds. What is slow is done again, so that one pause of the machine does not count. */
function timeOf(text: string): number {
  const start = performance.now()
  findCommands(text, rules())
  return performance.now() - start
}

function isSlow(text: string): boolean {
  return timeOf(text) > limitMs && timeOf(text) > limitMs
}

/** A long text in several surroundings. */
function around(body: string): readonly string[] {
  return [`${body} !/help`, `x ${body}`, `<a>\n<task>${body}\n</a>\n</a>`, `!/set(${body}</a>`]
}

describe('hostile texts', () => {
  it.each(units)(`cost little: ${size / 1_000} KB of %j`, (unit) => {
    const body = unit.repeat(Math.ceil(size / unit.length))
    expect(around(body).map(isSlow)).toEqual([false, false, false, false])
  })

  it.each([
    ['runs of backticks of all lengths', (at: number) => `${'`'.repeat(at % 400)} `],
    ['tags of many names', (at: number) => `<t${at}>\n`],
    ['closing tags of many names', (at: number) => `</t${at}>\n`],
    ['names of many letters', (at: number) => `!/modl${at}\n`],
  ])('cost little: %s', (_, unit) => {
    let text = ''
    for (let at = 0; text.length < size; at += 1) text += unit(at)
    expect(around(text).map(isSlow)).toEqual([false, false, false, false])
  })

  it('may be so long that lists of what is in them fill no stack', () => {
    expect(() => findCommands('</task>'.repeat(200_000), rules())).not.toThrow()
    expect(() => findCommands('!/help\nx\n'.repeat(150_000), rules())).not.toThrow()
  })
})
