import type { Document, ErrorCode, YAMLError } from 'yaml'
import type { FileOrigin } from './origin.ts'
import type { Report } from './problems.ts'

type Words = readonly [message: string, fix: string]

const syntax: Words = ['this is not YAML', 'check the indentation, colons and quotes on this line']

/** Our own words for what the parser finds: its own messages may quote the file, and with it keys. */
const words: Partial<Record<ErrorCode, Words>> = {
  BAD_ALIAS: [
    'an alias names no anchor',
    'put the name of an anchor behind the asterisk, or quote the text',
  ],
  BAD_DQ_ESCAPE: [
    'an unknown escape in double quotes',
    'double the backslash or use single quotes',
  ],
  BAD_INDENT: ['the indentation does not fit', 'indent keys of the same mapping equally'],
  BLOCK_AS_IMPLICIT_KEY: [
    'a mapping where a value stands already',
    'indent keys of the same mapping equally; quote a text that holds a colon and a space',
  ],
  DUPLICATE_KEY: ['this key is given twice in the same mapping', 'keep one of them'],
  MISSING_CHAR: [
    'a quote, bracket, comma or space is missing',
    'close what was opened; put a space after a colon',
  ],
  MULTIPLE_DOCS: ['a second document starts here', 'keep one document per file'],
  NON_STRING_KEY: ['a key is not a simple text', 'use plain names as keys'],
  TAB_AS_INDENT: ['tabs cannot indent YAML', 'use spaces'],
  TAG_RESOLVE_FAILED: ['tags are not supported', 'remove the word with the exclamation mark'],
}

/** With these the rest of the document still means what it says, so that its other problems are worth telling. */
const harmless: ReadonlySet<ErrorCode> = new Set([
  'DUPLICATE_KEY',
  'NON_STRING_KEY',
  'TAG_RESOLVE_FAILED',
])

/** Reports every complaint of the parser. Returns whether the rest of the document can be trusted. */
export function reportSyntax(
  document: Document.Parsed,
  originAt: (offset: number) => FileOrigin,
  report: Report,
): boolean {
  const complaints: readonly YAMLError[] = [...document.errors, ...document.warnings]
  for (const complaint of complaints) {
    const [message, fix] = words[complaint.code] ?? syntax
    report({ origin: originAt(complaint.pos[0]), path: '', message, fix })
  }
  return complaints.every((complaint) => harmless.has(complaint.code))
}
