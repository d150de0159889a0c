import type { StreamPart } from '@jackfield/core'
import { openaiChat } from '@jackfield/dialect-openai'
import { chatStream } from '@jackfield/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { problemsOf } from '../../dialect-kit/test/support/part-grammar.ts'
import { type Progress, Thought } from '../src/thought.ts'
import { batchesOf, partsOf, type Said } from './support/parts.ts'

interface Heard {
  readonly text: string
  /** What a client sees. */
  readonly shown: readonly StreamPart[]
  readonly state: Progress['state']
  /** Batches that were read until it ended. */
  readonly batches: number
}

function hear(batches: Iterable<readonly StreamPart[]>): Heard {
  const thought = new Thought()
  const shown: StreamPart[] = []
  let state: Progress['state'] = 'thinks'
  let count = 0
  for (const batch of batches) {
    count += 1
    const progress = thought.read(batch)
    state = progress.state
    shown.push(...progress.parts)
    if (state !== 'thinks') break
  }
  if (state !== 'acts') shown.push(...thought.close())
  return { text: thought.text, shown, state, batches: count }
}

const said = (...pieces: readonly Said[]) => hear(batchesOf(pieces))

function shownText(shown: readonly StreamPart[]): string {
  return shown.map((part) => (part.type === 'reasoning-delta' ? part.text : '')).join('')
}

const ended = (shown: readonly StreamPart[]) => [
  ...shown,
  { type: 'finish', reason: 'stop' } as const,
]

describe('native reasoning', () => {
  it('ends at the first word of text behind it', () => {
    const { text, state, batches } = said(
      { reasoning: ' First, ' },
      { reasoning: 'think.\n' },
      { text: '\n\n' },
      { text: 'The answer' },
      { text: ' is 4.' },
    )

    expect([text, state, batches]).toEqual(['First, think.', 'ended', 5])
  })

  it('ends with the answer where no text comes', () => {
    expect(said({ reasoning: 'hm' }, { end: 'stop' })).toMatchObject({ text: 'hm', state: 'ended' })
  })

  it('ends at a call that it led to', () => {
    const { text, state } = said({ reasoning: 'I need the weather.' }, { call: 'weather' })

    expect([text, state]).toEqual(['I need the weather.', 'ended'])
  })

  it('ends at a refusal', () => {
    expect(said({ reasoning: 'hm' }, { refusal: 'No.' })).toMatchObject({
      text: 'hm',
      state: 'ended',
    })
  })

  it('is one block for the client, with its own blocks apart', () => {
    const { text, shown } = hear([
      partsOf({ reasoning: 'One.' }, { usage: {} }, { reasoning: 'Two.' }),
    ])

    expect(text).toBe('One.\n\nTwo.')
    expect(shown.map(({ type }) => type)).toEqual([
      'start',
      'reasoning-start',
      'reasoning-delta',
      'reasoning-delta',
      'reasoning-end',
    ])
    expect(shownText(shown)).toBe(text)
  })

  it('is shown as what it is, a summary or the words themselves', () => {
    const { shown } = hear([
      [
        { type: 'start' },
        { type: 'reasoning-start', id: 'r', form: 'summary' },
        { type: 'reasoning-delta', id: 'r', text: 'x' },
      ],
    ])

    expect(shown[1]).toMatchObject({ type: 'reasoning-start', form: 'summary' })
  })

  it('that only its provider can read is none, and the text behind it is an answer', () => {
    const { text, shown, state } = said(
      { sealed: [{ kind: 'redacted-thinking', data: 'x' }] },
      { text: 'The answer.' },
    )

    expect([text, shown, state]).toEqual(['', [], 'ended'])
  })

  it('loses tags that a server left in it', () => {
    expect(said({ reasoning: '<think>\nhm, 2 < 3' }, { text: 'x' }).text).toBe('hm, 2 < 3')
  })
})

describe('reasoning in tags', () => {
  it.each([
    ['<think>a b</think>c', 'a b'],
    ['\n <Thinking kind="deep">\na\n</thinking>c', 'a'],
    ['a without a beginning</reason>c', 'a without a beginning'],
    ['<reasoning>a', 'a'],
    ['<think></think>c', ''],
    ['<think>  </think>c', ''],
    ['before <think>a</think>', 'before a'],
    ['no tags at all', 'no tags at all'],
    ['almost <thin', 'almost <thin'],
  ])('is what stands in %j', (text, thought) => {
    expect(said({ text }, { end: 'stop' }).text).toBe(thought)
  })

  it('ends at the closing tag, wherever the text is cut', () => {
    const answer = '<think>Grüße an 👩‍🚀, 1 < 2 </b> and \n more. </thinking> <th rest'
    const whole = hear([partsOf({ text: answer }, { end: 'stop' })])
    for (let one = 0; one <= answer.length; one += 1) {
      for (const two of [one, one + 1, one + 5, answer.length]) {
        const pieces = [answer.slice(0, one), answer.slice(one, two), answer.slice(two)]
        const cut = said(...pieces.map((text) => ({ text })), { end: 'stop' })

        expect(cut.text).toBe(whole.text)
        expect(shownText(cut.shown)).toBe(whole.text)
        expect(problemsOf(ended(cut.shown))).toEqual([])
      }
    }
    expect(whole.text).toBe('Grüße an 👩‍🚀, 1 < 2 </b> and \n more.')
  })

  it('reads nothing behind the closing tag', () => {
    expect(said({ text: 'a</think>' }, { text: 'b' }).batches).toBe(2)
  })
})

describe('a stream of a provider', () => {
  it.each(['reasoning_content', 'think-tags'] as const)(
    'gives the same thought with %s, at whatever byte it is cut',
    (style) => {
      const frames = chatStream(
        { reasoning: ['Grüße, ', '1 < 2, ', '👩‍🚀.'], text: ['Four', '.'] },
        { reasoning: style },
      )
      const bytes = Buffer.from(frames.join(''))
      for (let cut = 0; cut <= bytes.length; cut += 1) {
        const decoder = openaiChat.chat.streamDecoder('sse')
        const batches = [decoder.push(bytes.subarray(0, cut)), decoder.push(bytes.subarray(cut))]

        expect(hear(batches)).toMatchObject({ text: 'Grüße, 1 < 2, 👩‍🚀.', state: 'ended' })
      }
    },
  )
})

describe('the limits of a thought', () => {
  it('are 16384 characters', () => {
    const { text, batches } = said(
      ...Array.from({ length: 40 }, () => ({ text: 'x'.repeat(1_000) })),
    )

    expect([text.length, batches]).toEqual([16_384, 18])
  })

  it('cut no character in two', () => {
    const { text } = said({ reasoning: `${'x'.repeat(16_383)}👩‍🚀` })

    expect(text.isWellFormed()).toBe(true)
    expect(text.length).toBeLessThanOrEqual(16_384)
  })

  it('count white space, too', () => {
    const { text, state } = said(
      { reasoning: 'x' },
      ...Array.from({ length: 20 }, () => ({ reasoning: ' '.repeat(1_000) })),
    )

    expect([text, state]).toEqual(['x', 'ended'])
  })

  it('are 4096 parts without a word', () => {
    const silent = Array.from({ length: 5_000 }, () => ({ text: '' }))

    expect(said(...silent, { call: 'weather' })).toMatchObject({ text: '', state: 'ended' })
  })

  it.each(['Therefore,', 'in conclusion,', 'To Summarize,', 'In summary,'])(
    'are a conclusion behind 1000 characters of a model without tags: %s',
    (phrase) => {
      const [head, tail] = [phrase.slice(0, 4), phrase.slice(4)]
      const long = said({ text: 'x'.repeat(1_000) }, { text: head }, { text: tail }, { text: 'y' })

      expect([long.state, long.batches]).toEqual(['ended', 4])
    },
  )

  it.each([
    ['that is short', [{ text: 'Therefore, yes.' }, { text: 'more' }]],
    ['in tags', [{ text: `<think>${'x'.repeat(1_000)} therefore, ` }, { text: 'more' }]],
    ['that is native', [{ reasoning: `${'x'.repeat(1_000)} therefore, ` }, { reasoning: 'more' }]],
  ])('are not a conclusion in a text %s', (_, pieces) => {
    const { text, state } = said(...pieces)

    expect(state).toBe('thinks')
    expect(text).toContain('more')
  })

  it('take a conclusion from the beginning of a long text into account', () => {
    const { state } = said({ text: 'Therefore, ' }, { text: 'x'.repeat(1_000) })

    expect(state).toBe('ended')
  })

  it('take time that grows with the text', () => {
    const started = performance.now()
    for (let round = 0; round < 20; round += 1) {
      said(...Array.from({ length: 16_384 }, () => ({ text: 'x' })))
    }

    expect(performance.now() - started).toBeLessThan(4_000)
  })
})

describe('a model that acts', () => {
  it('without having thought gives the answer itself, from its first part on', () => {
    const sealed = [{ kind: 'redacted-thinking', data: 'x' }] as const
    const pieces: readonly Said[] = [
      { sealed },
      { text: '\n' },
      { call: 'weather' },
      { text: 'so' },
    ]
    const { text, shown, state } = said(...pieces)

    expect([text, state]).toEqual(['', 'acts'])
    expect(shown).toEqual(partsOf(...pieces.slice(0, -1)))
  })

  it('in the same batch as it began', () => {
    const parts = partsOf({ call: 'weather' }, { end: 'tool-calls' })

    expect(hear([parts])).toMatchObject({ state: 'acts', shown: parts })
  })
})

it('shows a client nothing against the grammar of parts, and the very thought, whatever a model says', () => {
  const piece = fc.oneof(
    fc.record({ text: fc.constantFrom('a', ' ', '<think>', '</think>', '<', '\n\n', 'b c ') }),
    fc.record({ reasoning: fc.constantFrom('r', ' ', '<reasoning>', '\n') }),
    fc.constant({ usage: {} }),
    fc.constant({ end: 'stop' as const }),
  )
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const { text, shown } = said(...pieces)

      expect(text).toBe(text.trim())
      expect(shownText(shown)).toBe(text)
      expect(shown.length > 0).toBe(text !== '')
      expect(shown.length === 0 || problemsOf(ended(shown)).length === 0).toBe(true)
    }),
  )
})
