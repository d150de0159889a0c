import fc from 'fast-check'

/**
 * Text of a JSON value in one of its many spellings: white space, escapes and numbers are spelled
 * by a list of choices.
 */
export interface Spelled {
  readonly text: string
  readonly value: unknown
}

type Choose = (limit: number) => number

const SPACES = ['', '', '', ' ', '\n', '\t', '\r\n', '   ', '\n    ']
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

const choices = fc.array(fc.nat(1000), { minLength: 1, maxLength: 40 })

/**
 * Strings that hold what scanners get wrong: quotes, escapes, controls, lone surrogates, long plain
 * runs.
 */
export const trickyString: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
      {
        weight: 6,
        arbitrary: fc.constantFrom('"', '\\', '/', '\n', '\t', '\u0000', '\u001f', '{', '}', ']'),
      },
      { weight: 2, arbitrary: fc.constantFrom('\ud83d', '\ude00', '😀', '你好', 'é', '\u2028') },
      { weight: 1, arbitrary: fc.nat(600).map((length) => 'x'.repeat(length)) },
    ),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join(''))

// JSON.parse of V8 13.6 (Node 24.21) takes a key like "\n" for "\\" once it has seen an object with
// the key "\\" in the same place (2026-11): the oracle must not meet that key.
const key = trickyString.filter((name) => name !== '\\')

const jsonValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom(null, true, false),
    fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })),
    trickyString,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(key, tie('value'), { maxKeys: 5 }),
  ),
})).value

const memberName = fc.oneof(fc.constantFrom('model', 'stream', 'messages', '__proto__', ''), key)

/** Ways to spell JSON values. */
export const spelling: fc.Arbitrary<(value: unknown) => string> = choices.map((list) => (value) => {
  const choose = chooser(list)
  return `${space(choose)}${spell(value, choose)}${space(choose)}`
})

/** A JSON object whose top-level names are all different. */
export const spelledObject: fc.Arbitrary<Spelled> = fc
  .tuple(fc.dictionary(memberName, jsonValue, { maxKeys: 7 }), spelling)
  .map(([value, spellOut]) => {
    const text = spellOut(value)
    return { text, value: JSON.parse(text) }
  })

/** A JSON string token in one of its spellings. */
export const spelledString: fc.Arbitrary<Spelled> = fc
  .tuple(trickyString, choices)
  .map(([value, list]) => ({ text: spellString(value, chooser(list)), value }))

function chooser(list: readonly number[]): Choose {
  let index = 0
  return (limit) => {
    index = (index + 1) % list.length
    return (list[index] ?? 0) % limit
  }
}

function space(choose: Choose): string {
  return SPACES[choose(SPACES.length)] ?? ''
}

function spell(value: unknown, choose: Choose): string {
  if (typeof value === 'string') return spellString(value, choose)
  if (typeof value === 'number') return spellNumber(value, choose)
  if (Array.isArray(value))
    return list(
      '[',
      value.map((item) => spell(item, choose)),
      ']',
      choose,
    )
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([name, item]) =>
        `${spellString(name, choose)}${space(choose)}:${space(choose)}${spell(item, choose)}`,
    )
    return list('{', members, '}', choose)
  }
  return JSON.stringify(value)
}

function list(open: string, items: readonly string[], close: string, choose: Choose): string {
  const spaced = items.map((item) => `${space(choose)}${item}${space(choose)}`)
  return `${open}${spaced.length === 0 ? space(choose) : spaced.join(',')}${close}`
}

function spellNumber(value: number, choose: Choose): string {
  const spellings = [JSON.stringify(value), value.toExponential(), value.toExponential(20)]
  return (spellings[choose(3)] ?? '').replace('e', choose(2) === 0 ? 'e' : 'E')
}

function spellString(value: string, choose: Choose): string {
  const characters = Array.from(value, (character) => spellCharacter(character, choose))
  return `"${characters.join('')}"`
}

function spellCharacter(character: string, choose: Choose): string {
  const short = SHORT_ESCAPES[character]
  const style = choose(6)
  if (short !== undefined && style < 4 && (character !== '/' || style < 2)) return short
  const mustEscape = character < ' ' || character === '"' || character === '\\'
  const isLoneSurrogate = !character.isWellFormed()
  if (!mustEscape && !isLoneSurrogate && style !== 5) return character
  return Array.from({ length: character.length }, (_, index) => {
    const digits = character.charCodeAt(index).toString(16).padStart(4, '0')
    return `\\u${choose(2) === 0 ? digits : digits.toUpperCase()}`
  }).join('')
}
