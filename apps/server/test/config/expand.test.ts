import { describe, expect, it } from 'vitest'
import { expandText } from '../../src/config/expand.ts'

const files: Readonly<Record<string, Uint8Array>> = {
  '/etc/gateway/secrets/key': Buffer.from('sk-from-file\n'),
  '/run/windows': Buffer.from('two\r\nlines\r\n'),
  '/run/binary': Buffer.from([0xff, 0xfe, 0x00]),
}

const sources = {
  env: { KEY: 'sk-from-env', NESTED: '${env:KEY}', EMPTY: '' },
  file: '/etc/gateway/config.yaml',
  readFile(path: string) {
    const content = files[path]
    if (content === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' })
    return content
  },
}

describe('expandText', () => {
  it.each([
    ['${env:KEY}', 'sk-from-env'],
    ['Bearer ${env:KEY}!', 'Bearer sk-from-env!'],
    ['${env:KEY}${env:KEY}', 'sk-from-envsk-from-env'],
    ['${env: KEY }', 'sk-from-env'],
    ['${env:EMPTY}', ''],
    ['${file:secrets/key}', 'sk-from-file'],
    ['${file:/run/windows}', 'two\r\nlines'],
    ['$${env:KEY}', '${env:KEY}'],
    ['a $${b} ${env:KEY} $${', 'a ${b} sk-from-env ${'],
    ['costs $5', 'costs $5'],
    ['', ''],
  ])('turns %o into %o', (text, expanded) => {
    expect(expandText(text, sources)).toMatchObject({ text: expanded, problems: [] })
  })

  it('does not expand what it puts in', () => {
    expect(expandText('${env:NESTED}', sources).text).toBe('${env:KEY}')
  })

  it('says where the text came from', () => {
    expect(expandText('${env:KEY} and ${file:secrets/key}', sources).through).toEqual([
      'environment KEY',
      'file "secrets/key"',
    ])
  })

  it('names the variable only where the whole text is its value', () => {
    expect(expandText('${env:KEY}', sources).variable).toBe('KEY')
    expect(expandText('x${env:KEY}', sources).variable).toBeUndefined()
    expect(expandText('${file:secrets/key}', sources).variable).toBeUndefined()
  })

  it.each([
    ['${env:MISSING}', 'the variable "MISSING" is not set'],
    ['${env:__proto__}', 'the variable "__proto__" is not set'],
    ['${env:}', '${env:…} does not name a variable'],
    ['${env:a b}', '${env:…} does not name a variable'],
    ['${file:}', '${file:} names no file'],
    ['${file:gone}', 'the file "gone" cannot be read: it does not exist'],
    ['${file:/run/binary}', 'the file "/run/binary" is not UTF-8 text'],
    ['${HOME}', 'an expansion is neither ${env:NAME} nor ${file:path}'],
    ['${env:KEY', 'an expansion has no end'],
  ])('explains what is wrong with %s', (text, message) => {
    expect(expandText(text, sources).problems).toMatchObject([{ message }])
  })

  it('tells which of several expansions failed, escaped ones counted', () => {
    const { problems } = expandText('$${x} ${env:A1} ${env:KEY} ${env:A2}', sources)

    expect(problems.map(({ occurrence }) => occurrence)).toEqual([1, 3])
  })

  it('does not repeat a key that was put in the place of a name', () => {
    const text = '${env:sk-Zr8kQ2mX7bN4} ${file:sk-Zr8kQ2mX7bN4vL9w} ${sk-Zr8kQ2mX7bN4vL9w}'

    expect(JSON.stringify(expandText(text, sources).problems)).not.toContain('Zr8k')
  })
})
