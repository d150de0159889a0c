import fc from 'fast-check'

const LINES = [
  'data: a',
  'data:b',
  'data',
  'data: ',
  'data:  two',
  'data: {"é":"😀"}',
  ': ping',
  ':',
]
const MORE_LINES = [
  'event: x',
  'event',
  'event:y',
  'id: 1',
  'retry: 5',
  'other: z',
  'datax: n',
  ' data: n',
]

const lineEnd = fc.constantFrom('\n', '\n', '\r\n', '\r')

/** Bytes that have the shape of a server-sent event stream, or nearly. */
export const streamBytes: fc.Arbitrary<Buffer> = fc
  .tuple(
    fc.constantFrom('', '', '\ufeff', '\ufeff\ufeff'),
    fc.array(
      fc.tuple(fc.constantFrom(...LINES, ...MORE_LINES, '', '', '', '', 'data: 你好'), lineEnd),
      { maxLength: 24 },
    ),
    fc.constantFrom('', '', 'data: end', 'da', ':', '\ufeff'),
  )
  .map(([mark, lines, rest]) => Buffer.from(`${mark}${lines.flat().join('')}${rest}`))

/** Where to cut a stream, in thousandths of its length. */
export const cuts: fc.Arbitrary<readonly number[]> = fc.array(fc.nat(1000), { maxLength: 12 })

/** The stream in pieces, some of which may be empty. Each is a copy, as chunks of a socket are. */
export function pieces(stream: Buffer, thousandths: readonly number[]): readonly Buffer[] {
  const offsets = thousandths.map((part) => Math.round((part / 1000) * stream.length))
  return cutAt(
    stream,
    [...offsets].sort((one, other) => one - other),
  )
}

export function cutAt(stream: Buffer, offsets: readonly number[]): readonly Buffer[] {
  const starts = [0, ...offsets]
  const ends = [...offsets, stream.length]
  return starts.map((start, index) => Buffer.from(stream.subarray(start, ends[index])))
}
