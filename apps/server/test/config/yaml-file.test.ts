import { describe, expect, it } from 'vitest'
import { revealedValue } from '../../src/config/node.ts'
import { formatProblem, type Problem } from '../../src/config/problems.ts'
import { readYaml } from '../../src/config/yaml-file.ts'

function read(text: string) {
  const problems: Problem[] = []
  const tree = readYaml({
    text,
    shownFile: 'config.yaml',
    file: '/home/me/config.yaml',
    env: { PORT: '9000', KEY: 'sk-1' },
    readFile() {
      throw Object.assign(new Error('gone'), { code: 'ENOENT' })
    },
    report: (problem) => problems.push({ code: 'config_invalid', ...problem }),
  })
  return { tree, value: tree && revealedValue(tree), problems: problems.map(formatProblem) }
}

describe('readYaml', () => {
  it('reads maps, lists and values with their places', () => {
    const { tree, value } = read('a: 1\nb:\n  - x\n  - c: true\n')

    expect(value).toEqual({ a: 1, b: ['x', { c: true }] })
    const list = tree?.entries.get('b')?.value
    expect(list).toMatchObject({ items: [{ origin: { line: 3, column: 5 } }, {}] })
  })

  it.each(['', '# nothing\n', '---\n', 'null\n', '\uFEFF'])(
    'takes %o for an empty file',
    (text) => {
      expect(read(text)).toMatchObject({ value: {}, problems: [] })
    },
  )

  it('reads JSON, Windows line ends and anchors', () => {
    expect(read('{"a": {"b": [1, null]}}').value).toEqual({ a: { b: [1, null] } })
    expect(read('a: 1\r\nb: 2\r\n').value).toEqual({ a: 1, b: 2 })
    expect(read('a: &x {k: 1}\nb: *x\n').value).toEqual({ a: { k: 1 }, b: { k: 1 } })
  })

  it('keeps words that YAML 1.1 took for switches as text', () => {
    expect(read('a: yes\nb: off\n').value).toEqual({ a: 'yes', b: 'off' })
  })

  it('reads keys that are numbers, and __proto__, as plain names', () => {
    expect(Object.entries(read('80: a\n__proto__: b\n').value ?? {})).toEqual([
      ['80', 'a'],
      ['__proto__', 'b'],
    ])
  })

  it.each([
    ['a: 1\nb: 2\na: 3\n', 'config.yaml:3:1  this key is given twice in the same mapping  →'],
    ['a:\n\t- x\n', 'config.yaml:2:1  tabs cannot indent YAML  →'],
    ['a: "open\n', 'config.yaml:2:1  a quote, bracket, comma or space is missing  →'],
    ['a: [1, 2\n', 'config.yaml:2:1  the indentation does not fit  →'],
    ['a: 1\n b: 2\n', 'config.yaml:1:4  a mapping where a value stands already  →'],
    ['a: *gone\n', 'config.yaml:1:4  a  an alias names no anchor above it  →'],
    ['a: !!binary aGk=\n', 'config.yaml:1:4  tags are not supported  →'],
    ['a: 1\n---\nb: 2\n', 'config.yaml:2:1  a second document starts here  →'],
    ['? [a]\n: 1\n', 'config.yaml:1:3  a key is not a simple text  →'],
    ['a: @b\n', 'config.yaml:1:4  this is not YAML  →'],
    ['- a\n- b\n', 'config.yaml:1:1  expected keys and values at the top of the file  →'],
    ['just words\n', 'config.yaml:1:1  expected keys and values at the top of the file  →'],
  ])('says where %o is wrong', (text, start) => {
    expect(read(text).problems[0]).toContain(start)
  })

  it('goes on after a key that is given twice', () => {
    const { value, problems } = read('a: 1\na: 2\nb: 3\n')

    expect(problems).toHaveLength(1)
    expect(value).toEqual({ a: 2, b: 3 })
  })

  it('does not quote the file in what it says', () => {
    const key = 'sk-Zr8kQ2mX7bN4vL9w'
    const texts = [
      `a: *${key}`,
      `a: !${key} x`,
      `${key}\nb: 1`,
      `a: "\\${key}"`,
      `a: {${key}`,
      `%${key}`,
    ]

    for (const text of texts) expect(read(text).problems.join()).not.toContain('Zr8k')
  })

  it.each([
    ['nested lists', '['.repeat(5_000)],
    ['nested maps', '{a: '.repeat(5_000)],
    ['deep but legal nesting', `a: ${'['.repeat(100)}${']'.repeat(100)}`],
    ['an anchor that holds itself', 'a: &x [*x]\n'],
    [
      'aliases that multiply',
      [
        'a: &a [x,x,x,x,x,x,x,x,x,x]',
        ...'bcdefg'.split('').map((name, at) => {
          const inner = `*${'abcdef'[at]}`
          return `${name}: &${name} [${Array(10).fill(inner).join(', ')}]`
        }),
      ].join('\n'),
    ],
  ])('refuses %s without exhausting the process', (_, text) => {
    expect(read(text).problems).not.toEqual([])
  })
})

describe('expansions', () => {
  it('tells the place inside the text', () => {
    expect(read('a:\n  b: "x ${env:KEY} ${env:NOPE}"\n').problems).toEqual([
      'config.yaml:2:20  a.b  the variable "NOPE" is not set  → set it, or remove ${env:…}',
    ])
  })

  it('tells every failed expansion', () => {
    expect(read('a: ${env:A1}\nb: [x, "${env:B1} ${file:gone}"]\n').problems).toEqual([
      expect.stringContaining('config.yaml:1:4  a  the variable "A1" is not set'),
      expect.stringContaining('config.yaml:2:9  b[1]  the variable "B1" is not set'),
      expect.stringContaining('config.yaml:2:19  b[1]  the file "gone" cannot be read'),
    ])
  })

  it('does not expand keys', () => {
    expect(read('${env:KEY}: 1\n').value).toEqual({ '${env:KEY}': 1 })
  })
})

it('follows aliases to the last anchor above them, however many there are', () => {
  const { value } = read('a: &x 1\nb: *x\nc: &x 2\nd: *x\n')

  expect(value).toEqual({ a: 1, b: 1, c: 2, d: 2 })
  expect(read(`a: &x 1\nb:\n${'  - *x\n'.repeat(5_000)}`).problems).toEqual([])
})
