import type { ConversationEdit } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { spelling } from '../../../core/test/json/arbitrary-json.ts'
import { cutConversation } from '../../src/conversation/cut-conversation.ts'
import { hasCommands, readConversation } from '../../src/conversation/read-conversation.ts'
import {
  answers,
  anyExchange,
  type Exchange,
  heard,
  honestExchange,
  isOnlyCommands,
  said,
} from '../support/arbitrary-conversation.ts'
import { headOf, type Spoken, spoken, type Turn } from '../support/dialects.ts'
import { rules } from '../support/rules.ts'

/** What a model hears of a body; `undefined`: nothing is left. */
function cut(own: Spoken, body: Buffer): string | undefined {
  const head = headOf(own, body)
  const spans = own.dialect.spans(body, head)
  const { edits, hasMessages } = cutConversation(
    body,
    spans,
    readConversation(body, spans, rules()),
  )
  return hasMessages ? edited(own, body, edits) : undefined
}

function edited(own: Spoken, body: Buffer, conversation: readonly ConversationEdit[]): string {
  return Buffer.from(own.dialect.editRequest(body, headOf(own, body), { conversation })).toString()
}

function turnsOf(exchanges: readonly Exchange[], isOpen: boolean): readonly Turn[] {
  return exchanges.flatMap((own, at) => [
    said(own),
    ...(isOpen && at === exchanges.length - 1 ? [] : answers(own)),
  ])
}

const cutTurns = (own: Spoken, turns: readonly Turn[]) =>
  cut(own, Buffer.from(JSON.stringify(own.bodyOf(turns))))

const user = (content: Extract<Turn, { by: 'user' }>['content']): Turn => ({ by: 'user', content })
const assistant = (text: string): Turn => ({ by: 'assistant', text })

describe.each(spoken.map((own) => ({ own, name: own.dialect.name })))(
  'cutConversation: $name',
  ({ own }) => {
    const left = (...turns: readonly Turn[]) => {
      const result = cutTurns(own, turns)
      return result === undefined ? undefined : JSON.parse(result)
    }
    const body = (...turns: readonly Turn[]) =>
      JSON.parse(JSON.stringify(own.bodyOf(turns))) as unknown

    it('takes out what a simple model takes out, in whatever spelling, and nothing else', () => {
      fc.assert(
        fc.property(
          fc.array(anyExchange, { minLength: 1, maxLength: 4 }),
          fc.boolean(),
          spelling,
          (exchanges, isOpen, spell) => {
            const isLast = (at: number) => isOpen && at === exchanges.length - 1
            const expected = exchanges.flatMap((exchange, at) => heard(exchange, isLast(at)))

            const result = cut(own, Buffer.from(spell(own.bodyOf(turnsOf(exchanges, isOpen)))))

            if (expected.length === 0) expect(result).toBeUndefined()
            else expect(JSON.parse(result ?? 'null')).toEqual(body(...expected))
          },
        ),
        { numRuns: 150 },
      )
    })

    it('leaves no command, and finds nothing more in what it has left', () => {
      fc.assert(
        fc.property(fc.array(honestExchange, { minLength: 1, maxLength: 4 }), (exchanges) => {
          const result = cutTurns(own, turnsOf(exchanges, true))
          if (result === undefined) return
          const bytes = Buffer.from(result)
          const spans = own.dialect.spans(bytes, headOf(own, bytes))
          const read = readConversation(bytes, spans, rules())
          expect(read.filter(hasCommands)).toEqual([])
          for (const { texts, others } of spans.messages) {
            expect(texts.length + others).toBeGreaterThan(0)
            for (const { start, end } of texts) expect(end - start).toBeGreaterThan(2)
          }
        }),
      )
    })

    it('makes of a longer conversation the same bytes and more', () => {
      fc.assert(
        fc.property(fc.array(honestExchange, { minLength: 2, maxLength: 6 }), (exchanges) => {
          let before = ''
          for (let length = 1; length <= exchanges.length; length += 1) {
            const last = exchanges[length - 1]
            const isSent = last !== undefined && last.answer !== 'refusal' && !isOnlyCommands(last)
            if (!isSent) continue
            const sent = cutTurns(own, turnsOf(exchanges.slice(0, length), true)) ?? ''
            expect(sent.startsWith(before)).toBe(true)
            before = sent.replace(/[\]}]+$/, '')
          }
        }),
      )
    })

    it('fails on nothing that somebody may write', () => {
      const unit = fc.constantFrom(
        ...[
          '!/help',
          '!/x(',
          '!/src',
          '\n',
          '\r\n',
          ' ',
          'hello',
          '<task>',
          '</task>',
          '<a>',
          '</a>',
        ],
        ...['`', '```', '\ud800', '\u0000', '"', '\\', '> ', '    ', '!/model(x)', '\u{1f600}'],
      )
      const text = fc.array(unit, { maxLength: 12 }).map((units) => units.join(''))
      const turn = fc.oneof(
        text.map((content) => user(content)),
        fc
          .array(text, { minLength: 1, maxLength: 3 })
          .map((texts) => user(texts.map((one) => ({ text: one })))),
        fc.constantFrom<Turn>(assistant('hi'), { by: 'call' }, { by: 'result' }),
      )
      fc.assert(
        fc.property(fc.array(turn, { minLength: 1, maxLength: 6 }), (turns) => {
          const result = cutTurns(own, turns)
          if (result !== undefined) JSON.parse(result)
        }),
        { numRuns: 300 },
      )
    })

    it('leaves a picture beside a command', () => {
      expect(left(user(['picture', { text: '!/max' }]))).toEqual(body(user(['picture'])))
      expect(left(user(['picture', { text: '!/max hello' }]))).toEqual(
        body(user(['picture', { text: 'hello' }])),
      )
    })

    it('takes a message that is nothing but commands with its answer', () => {
      expect(left(user('!/help'), assistant('Commands: !/help'), user('hi'))).toEqual(
        body(user('hi')),
      )
      const wrapped = user('<task>\n!/help\n</task>')
      expect(left(wrapped, assistant('Commands'), user('hi'))).toEqual(body(user('hi')))
    })

    it('keeps what an agent added, but not the answer', () => {
      const env = '<env>\nfiles\n</env>'
      expect(
        left(user([{ text: '!/help' }, { text: env }]), assistant('Commands'), user('hi')),
      ).toEqual(body(user([{ text: env }]), user('hi')))
    })

    it('takes a message that was refused with its refusal', () => {
      const refused = assistant('This message was not sent to a model: why.')
      expect(left(user('!/nonsense(1)\nhello'), refused, user('hi'))).toEqual(body(user('hi')))
    })

    it('puts something in the place of commands that a model has heard', () => {
      expect(left(user('!/help'), { by: 'call' }, { by: 'result' })).toEqual(
        body(user('…'), { by: 'call' }, { by: 'result' }),
      )
    })

    it('tells where nothing is left', () => {
      expect(left(user('!/help'))).toBeUndefined()
      expect(left(user('!/help'), assistant('Commands'), user('!/max'))).toBeUndefined()
    })

    it('takes many commands out of one text', () => {
      const text = `${'!/help\nhello\n'.repeat(40)}!/help`
      expect(left(user(text))).toEqual(body(user(Array(40).fill('hello').join('\n'))))
    })

    it('takes time linear in a text with many commands, and in many messages', () => {
      const start = performance.now()
      cutTurns(own, [user('!/help\nhello\n'.repeat(8_000))])
      const exchange = [user('!/max hello'), assistant('Hello.')]
      cutTurns(own, Array.from({ length: 2_000 }, () => exchange).flat())
      expect(performance.now() - start).toBeLessThan(1_500)
    })
  },
)
