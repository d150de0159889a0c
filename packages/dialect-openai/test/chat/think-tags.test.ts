import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitThinkTags, ThinkTagSplitter } from '../../src/chat/think-tags.ts'
import { createOpenAIChat } from '../../src/index.ts'
import { chunk, decode, sse, start, stop, textOfParts } from '../support/bytes.ts'

/** Reasoning and text of content that comes in these deltas. */
function split(...deltas: readonly string[]): {
  readonly reasoning: string
  readonly text: string
} {
  const splitter = new ThinkTagSplitter()
  return gather([...deltas.flatMap((delta) => [...splitter.push(delta)]), ...splitter.end()])
}

function gather(segments: ReturnType<typeof splitThinkTags>) {
  const of = (reasoning: boolean) =>
    segments.map((segment) => (segment.reasoning === reasoning ? segment.text : '')).join('')
  return { reasoning: of(true), text: of(false) }
}

describe('think tags', () => {
  it.each(['think', 'thinking', 'thought', 'reasoning'])('<%s> sets reasoning apart', (tag) => {
    expect(split(`<${tag}>hm</${tag}>yes`)).toEqual({ reasoning: 'hm', text: 'yes' })
  })

  it('may have the marks of older Kimi models', () => {
    expect(split('◁think▷hm◁/think▷yes')).toEqual({ reasoning: 'hm', text: 'yes' })
  })

  it('are found however the content is cut', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          '<think>a < b\n</thin</think>\n\nyes',
          ' \n<thinking>x</thinking>\r\n\r\ny',
          'no <think>',
        ),
        fc.array(fc.nat(40)),
        (content, cuts) => {
          const places = [0, ...cuts.toSorted((one, other) => one - other), content.length]
          const deltas = places.slice(1).map((end, index) => content.slice(places[index], end))

          expect(split(...deltas)).toEqual(split(content))
        },
      ),
    )
  })

  it('lose the line breaks beside them, two at most', () => {
    expect(split('<think>\nhm\n</think>\n\n\nyes')).toEqual({ reasoning: 'hm\n', text: '\nyes' })
  })

  it('count only at the start of the answer, behind white space at most', () => {
    expect(split('\n <think>hm</think>yes')).toEqual({ reasoning: 'hm', text: 'yes' })
    expect(split('Use <think>x</think>.')).toEqual({ reasoning: '', text: 'Use <think>x</think>.' })
    expect(split('<think>a</think>b<think>c</think>')).toEqual({
      reasoning: 'a',
      text: 'b<think>c</think>',
    })
  })

  it('that are never closed make all of it reasoning', () => {
    expect(split('<think>hm', ' hm')).toEqual({ reasoning: 'hm hm', text: '' })
    expect(split('<think>hm</thi')).toEqual({ reasoning: 'hm</thi', text: '' })
  })

  it('that never come leave the text as it is', () => {
    expect(split('<thi', 'rst')).toEqual({ reasoning: '', text: '<thirst' })
    expect(split('  ')).toEqual({ reasoning: '', text: '  ' })
    expect(split()).toEqual({ reasoning: '', text: '' })
  })

  it('do not hold back text behind the decision', () => {
    const splitter = new ThinkTagSplitter()
    splitter.push('Hello')

    expect(splitter.push('<')).toEqual([{ reasoning: false, text: '<' }])
  })
})

describe('a whole answer', () => {
  it('may have only the closing tag, at the start of a line', () => {
    expect(gather(splitThinkTags('hm\n</think>\n\nyes'))).toEqual({
      reasoning: 'hm\n',
      text: 'yes',
    })
    expect(gather(splitThinkTags('</think>yes'))).toEqual({ reasoning: '', text: 'yes' })
    expect(gather(splitThinkTags('Write </think> here.'))).toEqual({
      reasoning: '',
      text: 'Write </think> here.',
    })
  })
})

describe('a stream', () => {
  const dialect = createOpenAIChat({ reasoning: { thinkTags: true } })

  it('is split where the variant says that models think in their content', () => {
    const stream = sse(
      start,
      chunk({ content: '<th' }),
      chunk({ content: 'ink>hm</think>yes' }),
      stop,
    )

    expect(textOfParts(decode(stream, { dialect }), 'reasoning')).toBe('hm')
    expect(textOfParts(decode(stream, { dialect }), 'text')).toBe('yes')
    expect(textOfParts(decode(stream), 'text')).toBe('<think>hm</think>yes')
  })

  it('is not split where reasoning has a field of its own', () => {
    const stream = sse(
      start,
      chunk({ reasoning_content: 'hm' }),
      chunk({ content: '<think>x' }),
      stop,
    )

    expect(textOfParts(decode(stream, { dialect }), 'text')).toBe('<think>x')
  })

  it('loses nothing that was held when such a field appears', () => {
    const stream = sse(start, chunk({ content: '<thi' }), chunk({ reasoning: 'hm' }), stop)

    expect(textOfParts(decode(stream, { dialect }), 'text')).toBe('<thi')
  })

  it('gives what was held at its end', () => {
    const stream = sse(start, chunk({ content: '<think>hm</thi' }), stop)

    expect(textOfParts(decode(stream, { dialect }), 'reasoning')).toBe('hm</thi')
  })
})
