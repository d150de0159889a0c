import fc from 'fast-check'
import { refusal } from '../../src/conversation/refusal.ts'
import type { Part, Turn } from './dialects.ts'

/** One text of a person, and what must become of it. */
export interface Written {
  readonly text: string
  /** Without its commands. */
  readonly kept: string
  /** Without all that a person wrote. */
  readonly bare: string
  readonly hasWords: boolean
  readonly hasCommands: boolean
  /** It cannot be sent as it is. */
  readonly isMistake: boolean
}

/** A person's message and what follows it. */
export interface Exchange {
  readonly parts: readonly (Written | 'picture')[]
  readonly isPlain: boolean
  readonly answer: 'model' | 'call' | 'refusal' | 'gateway'
}

const command = fc.constantFrom(
  ...['!/help', '!/model(x)', '!/set(temperature=0.2, top-p=1)', '!/max !/low'],
)
const line = fc.constantFrom(
  'alpha',
  'beta "gamma"',
  'é\u{1f600} \\ path',
  '1/2 wow!/help',
  '#!/bin/sh',
)
const words = fc.oneof(line, fc.constantFrom('```\n!/help\n```', 'a\n> !/max\nb'))
const context = '<env>\n!/help\n</env>'

const plain = { bare: '', hasWords: true, isMistake: false }

const ofWords = words.map((text) => ({ ...plain, text, kept: text, hasCommands: false }))

const withCommands = fc.oneof(
  fc.tuple(command, line).map(([own, kept]) => ({ text: `${own} ${kept}`, kept })),
  fc.tuple(command, line).map(([own, kept]) => ({ text: `${kept} ${own}`, kept })),
  fc.tuple(command, words).map(([own, kept]) => ({ text: `${kept}\n\n${own}\n`, kept })),
  fc.tuple(command, words).map(([own, kept]) => ({ text: `${own}\r\n${kept}`, kept })),
  fc
    .tuple(command, words, line)
    .map(([own, one, other]) => ({ text: `${one}\n${own}\n${other}`, kept: `${one}\n${other}` })),
)

const ofBoth = withCommands.map((own) => ({ ...plain, ...own, hasCommands: true }))

const ofCommands = fc
  .tuple(command, fc.constantFrom('', '\n', '\n\n!/help'))
  .map(([own, more]) => ({
    ...plain,
    text: own + more,
    kept: '',
    hasWords: false,
    hasCommands: true,
  }))

const ofMistake = fc.constant({
  ...plain,
  text: '!/model gpt-4o please',
  kept: 'gpt-4o please',
  hasCommands: true,
  isMistake: true,
})

const ofContext = fc.constant({
  ...plain,
  text: context,
  kept: context,
  bare: context,
  hasWords: false,
  hasCommands: false,
})

const ofNothing = fc.constant({
  ...plain,
  text: ' ',
  kept: ' ',
  bare: ' ',
  hasWords: false,
  hasCommands: false,
})

const person = fc.oneof(
  { weight: 4, arbitrary: ofWords },
  { weight: 4, arbitrary: ofBoth },
  { weight: 4, arbitrary: ofCommands },
  { weight: 1, arbitrary: ofMistake },
)

const behindContext = person.map((own) => ({
  ...own,
  text: `${context}\n${own.text}`,
  kept: own.kept === '' ? context : `${context}\n${own.kept}`,
  bare: context,
}))

const written: fc.Arbitrary<Written> = fc.oneof(
  { weight: 6, arbitrary: person },
  { weight: 2, arbitrary: behindContext },
  { weight: 1, arbitrary: ofContext },
  { weight: 1, arbitrary: ofNothing },
)

const part = fc.oneof(
  { weight: 6, arbitrary: written },
  { weight: 1, arbitrary: fc.constant('picture' as const) },
)

/** Whatever somebody may have said, and whoever may have answered. */
export const anyExchange: fc.Arbitrary<Exchange> = fc
  .record({
    parts: fc.array(part, { minLength: 1, maxLength: 3 }),
    isPlain: fc.boolean(),
    answer: fc.constantFrom<Exchange['answer']>('model', 'call', 'refusal', 'gateway'),
  })
  .map((own) => ({ ...own, isPlain: own.isPlain && own.parts.length === 1 }))

/** What this gateway would have answered, or sent to a model. */
export const honestExchange: fc.Arbitrary<Exchange> = anyExchange.map((own) => {
  const isModel = own.answer === 'model' || own.answer === 'call'
  if (isMistaken(own)) return { ...own, answer: 'refusal' }
  if (isOnlyCommands(own)) return { ...own, answer: 'gateway' }
  return isModel ? own : { ...own, answer: 'model' }
})

function textsOf({ parts }: Exchange): readonly Written[] {
  return parts.filter((own) => own !== 'picture')
}

function isMistaken(exchange: Exchange): boolean {
  return textsOf(exchange).some(({ isMistake }) => isMistake)
}

function hasCommands(exchange: Exchange): boolean {
  return textsOf(exchange).some((own) => own.hasCommands)
}

function hasPicture({ parts }: Exchange): boolean {
  return parts.includes('picture')
}

export function isOnlyCommands(exchange: Exchange): boolean {
  const isWordless = textsOf(exchange).every((own) => !own.hasWords)
  return hasCommands(exchange) && isWordless && !hasPicture(exchange)
}

/** What a person said, as it was sent. */
export function said({ parts, isPlain }: Exchange): Turn {
  const content = parts.map((own): Part => (own === 'picture' ? own : { text: own.text }))
  return { by: 'user', content: contentOf(content, isPlain) }
}

function contentOf(content: readonly Part[], isPlain: boolean): string | readonly Part[] {
  const [first] = content
  return isPlain && first !== undefined && first !== 'picture' ? first.text : content
}

/** What followed. */
export function answers({ answer }: Exchange): readonly Turn[] {
  switch (answer) {
    case 'model':
      return [{ by: 'assistant', text: 'An answer !/help.' }]
    case 'call':
      return [{ by: 'call' }, { by: 'result' }, { by: 'assistant', text: 'Called.' }]
    case 'refusal':
      return [{ by: 'assistant', text: refusal('why') }]
    case 'gateway':
      return [{ by: 'assistant', text: 'Model changed to x.' }]
  }
}

/** What a model must hear of an exchange; `isLast`: nobody has answered yet. */
export function heard(exchange: Exchange, isLast: boolean): readonly Turn[] {
  const behind = isLast ? [] : answers(exchange)
  if (!hasCommands(exchange)) return [said(exchange), ...behind]
  const isRefused = !isLast && exchange.answer === 'refusal'
  const isAnsweredByModel = !isLast && exchange.answer === 'call'
  const isWhole = isRefused || (isOnlyCommands(exchange) && !isAnsweredByModel)
  const left = textsLeft(exchange, isWhole)
  const rest = isWhole ? behind.slice(1) : behind
  const isEmpty = left.every((own) => own === undefined || (own !== 'picture' && !own.text.trim()))
  if (!isEmpty) {
    const content = left.filter((own) => own !== undefined)
    return [{ by: 'user', content: contentOf(content, exchange.isPlain) }, ...rest]
  }
  if (!isAnsweredByModel) return rest
  const stand = exchange.parts.map(() => ({ text: '…' }))
  return [{ by: 'user', content: contentOf(stand, exchange.isPlain) }, ...rest]
}

/** What is left of each part; `undefined`: it has gone. */
function textsLeft(exchange: Exchange, isWhole: boolean): readonly (Part | undefined)[] {
  const isWordless = textsOf(exchange).every((own) => !own.hasWords)
  return exchange.parts.map((own) => {
    if (own === 'picture') return own
    const text = isWhole || isWordless ? own.bare : own.kept
    return text === '' ? undefined : { text }
  })
}
