import fc from 'fast-check'

/** What breaks readers: ends of strings, lines and frames, tags, combining characters, every width of UTF-8, both directions. */
const awkward = [
  ...[
    '"',
    '\\',
    '\\u0041',
    '\u0000',
    '\u007f',
    '\n',
    '\r\n',
    '\n\n',
    '\t',
    ' ',
    '\u2028',
    '\ufeff',
  ],
  ...['data: [DONE]', 'event: error', '</think>', '<think>', '{}', '[]', '{"a":', '`|`', 'null'],
  ...[
    'é',
    'e\u0301',
    'ß',
    '中文',
    '日本',
    'שלום',
    'مرحبا',
    '𝕏',
    '😀',
    '👩‍👩‍👧‍👦',
    '🇨🇭',
    '\u{10ffff}',
  ],
] as const

/** Any text of at least one visible character. */
export const text: fc.Arbitrary<string> = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 16 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
    fc
      .array(fc.constantFrom(...awkward), { minLength: 1, maxLength: 5 })
      .map((all) => all.join('')),
  )
  .map((said) => (said.trim() === '' ? `${said}.` : said))

/** Names of tools: mostly plain, now and then such as only some protocols take. */
export const toolName: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[a-zA-Z_][\w-]{0,20}$/) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('server.tool', 'mcp:a/b', '9lives', 'ünïcode', 'x'.repeat(90)),
  },
)

/** What ids of calls begin with: mostly what providers make, now and then what only some take. */
export const callIdPrefix: fc.Arbitrary<string> = fc.constantFrom(
  ...['call_', 'toolu_', 'chatcmpl-tool-', '', 'functions.get:', 'é ', `${'y'.repeat(80)}_`],
)
