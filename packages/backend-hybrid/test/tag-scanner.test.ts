import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TagScanner, type Token } from '../src/tag-scanner.ts'

/** The tokens of a text in these pieces, neighbouring words joined. */
function scan(...pieces: readonly string[]): string {
  const scanner = new TagScanner()
  const tokens = [...pieces.flatMap((piece) => scanner.push(piece)), ...scanner.end()]
  return tokens.map(show).join('').replaceAll('»«', '')
}

function show(token: Token): string {
  return token.type === 'text' ? `«${token.raw}»` : `{${token.type} ${token.name}}`
}

describe('the scanner for tags', () => {
  it.each([
    ['<think>a</think>b', '{open think}«a»{close think}«b»'],
    ['<THINKING >a</Thinking\n>', '{open thinking}«a»{close thinking}'],
    ['<reason mode="x" depth=3>a</reason>', '{open reason}«a»{close reason}'],
    ['<reasoning>a</reasoning>', '{open reasoning}«a»{close reasoning}'],
    ['a < b <b>c</b> <thin> <thinks> </ think>', '«a < b <b>c</b> <thin> <thinks> </ think>»'],
    ['<<think>>', '«<»{open think}«>»'],
    ['<think <think>', '«<think »{open think}'],
    [`<think ${'x'.repeat(70)}>`, `«<think ${'x'.repeat(70)}>»`],
    ['a</think', '«a</think»'],
    ['', ''],
  ])('reads %j', (text, tokens) => {
    expect(scan(text)).toBe(tokens)
  })

  it('finds the same in a text however it is cut, and loses nothing of it', () => {
    const piece = fc.constantFrom(
      '<',
      '</',
      '>',
      'think',
      'ing',
      'reason',
      ' ',
      '<think>',
      '</reasoning>',
      'ü',
      '\u{1f680}',
      'x'.repeat(70),
    )
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat(40)), (pieces, cuts) => {
        const text = pieces.join('')
        const parts: string[] = []
        let at = 0
        for (const cut of cuts) {
          parts.push(text.slice(at, at + cut))
          at += cut
        }
        parts.push(text.slice(at))

        expect(scan(...parts)).toBe(scan(text))
        const scanner = new TagScanner()
        const tokens = [...parts.flatMap((part) => scanner.push(part)), ...scanner.end()]
        expect(tokens.map(({ raw }) => raw).join('')).toBe(text)
      }),
    )
  })

  it('takes time that grows with the text, also for what is nearly a tag everywhere', () => {
    const started = performance.now()
    const scanner = new TagScanner()
    for (let at = 0; at < 2_000; at += 1) scanner.push('<think a'.repeat(60))
    for (let at = 0; at < 200_000; at += 1) scanner.push('<')

    expect(performance.now() - started).toBeLessThan(2_000)
  })
})
