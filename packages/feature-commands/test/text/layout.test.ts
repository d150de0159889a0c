import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { layOut } from '../../src/text/layout.ts'

/** Kinds and texts of the pieces. */
function piecesOf(text: string): readonly (readonly [kind: string, text: string])[] {
  return layOut(text, ['!/']).map(({ kind, start, end }) => [kind, text.slice(start, end)])
}

describe('layOut', () => {
  it('takes a text apart by lines', () => {
    expect(piecesOf('one\n\n  two  \r\n')).toEqual([
      ['line', 'one'],
      ['blank', ''],
      ['line', '  two  \r'],
    ])
    expect(piecesOf('')).toEqual([])
  })

  it.each([
    ['backticks', '```\n!/help\n```'],
    ['tildes', '~~~ sh\n!/help\n~~~~'],
    ['an indented fence', '  ```js\n!/help\n  ```'],
    ['a fence with another in it', '````\n```\n!/help\n```\n````'],
    ['a fence of the other sign in it', '~~~\n```\n!/help\n~~~'],
    ['a fence that a word behind does not close', '```\n``` x\n!/help\n```'],
    ['a fence that nothing closes', '```\n!/help\n\nmore'],
  ])('knows fenced code: %s', (_, code) => {
    expect(piecesOf(code)).toEqual([['opaque', code]])
    expect(piecesOf(`before\n${code}`).at(-1)).toEqual(['opaque', code])
  })

  it('reads on behind fenced code', () => {
    expect(piecesOf('```\nx\n```\n!/help')).toEqual([
      ['opaque', '```\nx\n```'],
      ['line', '!/help'],
    ])
  })

  it.each(['``` x ``` y', '``', '~~', '`` ` ``'])('takes %j for a line', (line) => {
    expect(piecesOf(`${line}\n!/help`)).toEqual([
      ['line', line],
      ['line', '!/help'],
    ])
  })

  it('knows code within a paragraph that runs over lines', () => {
    expect(piecesOf('a `b\n!/help\nc` d\ne')).toEqual([
      ['line', 'a `b'],
      ['opaque', '!/help'],
      ['code-end', 'c` d'],
      ['line', 'e'],
    ])
    expect(layOut('a `b\nc` d', ['!/']).at(-1)?.codeEnd).toBe(7)
  })

  it.each([
    'a ` b\n!/help',
    'a ` b\n\n!/help\n\nc ` d',
    'a ` b\n```\n```\n!/help\nc ` d',
    'a `b` c\n!/help\nd `e` f',
    'a `` b\n!/help\nc ` d',
  ])('takes backticks without counterpart in the paragraph for text: %j', (text) => {
    expect(piecesOf(text)).toContainEqual(['line', '!/help'])
  })

  it('knows quoted lines', () => {
    expect(piecesOf('> !/help\n  > x\n!/help').map(([kind]) => kind)).toEqual([
      'opaque',
      'opaque',
      'line',
    ])
  })

  it('knows indented code behind the first words only', () => {
    expect(piecesOf('    a\n    !/help\n\t!/help\n   !/help').map(([kind]) => kind)).toEqual([
      'line',
      'opaque',
      'opaque',
      'line',
    ])
    expect(piecesOf('    !/max\n\n    !/help').map(([kind]) => kind)).toEqual([
      'line',
      'blank',
      'line',
    ])
    expect(piecesOf('x\n     ')).toEqual([
      ['line', 'x'],
      ['blank', '     '],
    ])
  })

  it.each(['system-reminder', 'environment_details', 'file', 'x:y.z-1'])(
    'knows a block in <%s> as context',
    (name) => {
      const block = `<${name} path="a.ts">\n!/help\n\n</${name} >`
      expect(piecesOf(`${block}\n!/help`)).toEqual([
        ['context', block],
        ['line', '!/help'],
      ])
    },
  )

  it('knows nested blocks of one name', () => {
    const block = '<file><file>!/a</file>!/b</file>'
    expect(piecesOf(`${block}!/help`)).toEqual([
      ['context', block],
      ['line', '!/help'],
    ])
  })

  it('ends a block at the last closing tag where more are opened than closed', () => {
    expect(piecesOf('<file>\n<file>\nx</file>\ny')).toEqual([
      ['context', '<file>\n<file>\nx</file>'],
      ['line', 'y'],
    ])
  })

  it('does not take tags of a longer name for its own', () => {
    const block = '<file><files>x</files></file>'
    expect(piecesOf(`${block}\ny`)[0]).toEqual(['context', block])
    expect(piecesOf('<a>\n</ab>\n</a>\nx')[0]).toEqual(['context', '<a>\n</ab>\n</a>'])
  })

  it.each(['<file>x', '<br/>x', '<br />', '<3 x', '< file>x</file>', '<a\n>x</a>', '</file>x'])(
    'takes %j for words',
    (text) => {
      expect(piecesOf(text)[0]?.[0]).toBe('line')
    },
  )

  it.each(['a <file>!/help</file>', 'Compare <a> and </a>'])(
    'knows tags at the start of a line only: %j',
    (text) => {
      expect(piecesOf(text)).toEqual([['line', text]])
    },
  )

  it.each(['task', 'user_query', 'feedback', 'user_message'])('looks through <%s>', (name) => {
    expect(piecesOf(`<${name}>\n!/help\n</${name}>`)).toEqual([
      ['tag', `<${name}>`],
      ['line', '!/help'],
      ['tag', `</${name}>`],
    ])
    expect(piecesOf(`<${name}>!/help</${name}>`)).toEqual([
      ['tag', `<${name}>`],
      ['line', '!/help'],
      ['tag', `</${name}>`],
    ])
  })

  it('leaves out nothing but line feeds and white space around tags', () => {
    const unit = fc.constantFrom(
      ...['a', ' ', '\n', '\t', '`', '```', '~~~', '>', '<a>', '</a>', '<task>', '</task>', '!/b'],
    )
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 40 }), (text) => {
        let at = 0
        for (const { start, end } of layOut(text, ['!/'])) {
          expect(start).toBeGreaterThanOrEqual(at)
          expect(text.slice(at, start).trim()).toBe('')
          expect(end).toBeGreaterThanOrEqual(start)
          at = end
        }
        expect(text.slice(at).trim()).toBe('')
      }),
    )
  })
})
