import { scanDocument } from '@jackfield/core'
import type { FakeServer, RecordedRequest } from '@jackfield/testkit'
import { describe, expect, it } from 'vitest'
import { PromptCache } from '../stickiness/prompt-cache.ts'
import { RawChat, type RawDialect } from './raw-chat.ts'
import { asked, startWorld } from './world.ts'

const marked = (text: string) => ({ type: 'text', text, cache_control: { type: 'ephemeral' } })
const part = (text: string) => ({ type: 'text', text })

/** What a person writes at a client that marks the ends of prompts. The provider hears seven of them. */
const script: readonly (readonly [content: unknown, isHeard: boolean])[] = [
  ['!/help', false],
  [[part('first question')], true],
  ['!/model(second)', false],
  [[marked('second question — é 🦓')], true],
  [[marked('!/temperature(0.2)\nthird question')], true],
  [[marked('!/no-think'), part('<env>\n!/help\n</env>'), part('fourth question')], true],
  ['!/nonsense(1)', false],
  [[marked('<env>\nmore of it\n</env>'), part('!/backend(b)')], false],
  ['!/set(wrong=1) a lost question', false],
  ['sixth question !/hello', true],
  [[part('seventh:\n```\n!/help\n```'), marked('!/unset(temperature)\nAnd why?')], true],
  ['!/model(first) eighth question', true],
]

/** The text of a request's messages without the bracket at its end. */
function messagesIn(request: RecordedRequest): string {
  const bytes = Buffer.from(request.body)
  const token = scanDocument(bytes).get('messages')
  if (token === undefined) throw new Error('the request has no messages')
  return bytes.subarray(token.start, token.end - 1).toString()
}

/** Says the whole script. Returns what the providers heard, in its order. */
async function perform(chat: RawChat, providers: readonly FakeServer[]) {
  const heard: RecordedRequest[] = []
  for (const [content, isHeard] of script) {
    await chat.say(content)
    const all = providers.flatMap(asked)
    const news = all.filter((request) => !heard.includes(request))
    expect(news, JSON.stringify(content)).toHaveLength(isHeard ? 1 : 0)
    heard.push(...news)
  }
  return heard
}

const ways = (['anthropic-messages', 'openai-chat'] as const).flatMap((dialect) =>
  [false, true].map((translated) => ({ dialect, translated })),
)

async function performIn({ dialect, translated }: { dialect: RawDialect; translated: boolean }) {
  const { gateway, a, b } = await startWorld(dialect, { translated })
  const chat = new RawChat(gateway.url, { dialect })
  const heard = await perform(chat, [a, b])
  const last = heard.at(-1)
  if (last === undefined) throw new Error('nothing was heard')
  return { heard, last, chat }
}

describe.each(ways)(
  'a conversation with commands, $dialect, translated: $translated',
  ({ dialect, translated }) => {
    it('is told to the provider so that each request begins as the one before', async () => {
      const { heard } = await performIn({ dialect, translated })

      const texts = heard.map(messagesIn)
      for (const [at, text] of texts.entries()) {
        expect(text.startsWith(texts[at - 1] ?? '')).toBe(true)
        expect(text).not.toMatch(
          /!\/(?:temp|model|no-|back|set|unset|hello|nonsense)|lost|Commands:/,
        )
      }
      expect(texts.at(-1)).toContain('first question')
      expect(texts.at(-1)).toContain('!/help\\n```')
    })

    it('finds all that was said before in the prompt cache of its provider', async () => {
      const { heard } = await performIn({ dialect, translated })

      const cache = new PromptCache()
      let before: readonly unknown[] = []
      for (const request of heard) {
        const { messages } = request.json() as { messages: readonly unknown[] }
        const hit = cache.use.hit
        cache.see('key', messages)
        expect(cache.use.hit - hit).toBe(before.map((one) => JSON.stringify(one)).join('').length)
        before = messages
      }
    })
  },
)

describe('marks of the client for the prompt cache', () => {
  it('stay with the text beside them, and go with the text that is gone', async () => {
    const { last } = await performIn({ dialect: 'anthropic-messages', translated: false })

    const { messages } = last.json() as {
      messages: { role: string; content: string | { text: string; cache_control?: object }[] }[]
    }
    const parts = messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content))
    const texts = (isMarked: boolean) =>
      parts.filter((one) => (one.cache_control !== undefined) === isMarked).map(({ text }) => text)
    // Context that an agent added is no command, and stays.
    const context = '<env>\nmore of it\n</env>'
    expect(texts(true)).toEqual(['second question — é 🦓', 'third question', context, 'And why?'])
    expect(texts(false)).toEqual(
      expect.arrayContaining(['first question', '<env>\n!/help\n</env>', 'fourth question']),
    )
  })

  it('leave every byte between commands as it was written', async () => {
    const { last, chat } = await performIn({ dialect: 'anthropic-messages', translated: false })

    const kept = chat.messages.filter((message) => messagesIn(last).includes(message))
    // Those without any command, and the answers of the model.
    expect(kept).toHaveLength(2 + 6)
  })
})
