import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogle } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { generateText, isStepCount, type LanguageModel, Output, streamText, tool } from 'ai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type DialectName, dialects, png } from '../../compatibility/client.ts'
import { type Provider, providerModel } from '../../compatibility/provider.ts'
import type { Say } from '../../compatibility/say.ts'
import { startWorld, type World } from '../../compatibility/world.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

/** The library's providers, each speaking one protocol to the gateway. */
const models: Readonly<Record<DialectName, (url: string, model: string) => LanguageModel>> = {
  'openai-chat': (url, model) =>
    createOpenAI({ baseURL: `${url}/v1`, apiKey: 'sk-client' }).chat(model),
  'openai-responses': (url, model) =>
    createOpenAI({ baseURL: `${url}/v1`, apiKey: 'sk-client' }).responses(model),
  'anthropic-messages': (url, model) =>
    createAnthropic({ baseURL: `${url}/v1`, apiKey: 'sk-client' })(model),
  gemini: (url, model) => createGoogle({ baseURL: `${url}/v1beta`, apiKey: 'sk-client' })(model),
}

const weather = tool({
  description: 'Tells the weather.',
  inputSchema: z.object({ place: z.string() }),
  execute: ({ place }) => `rain in ${place}`,
})

const answerSchema = z.object({ city: z.string(), degrees: z.number() })
const pieces = ['Hello', ', ', 'é 漢 🎐', ' and "quotes"\n', 'end']
const usage = { input: 12, output: 34, cached: 5, reasoning: 6 } as const

function lastBody({ server }: Provider): string {
  return server.requests.findLast(({ method }) => method === 'POST')?.text() ?? ''
}

function providerOf(dialect: DialectName): Provider {
  const [found] = world.providers.filter((provider) => provider.dialect === dialect)
  if (found === undefined) throw new Error(`there is no provider of ${dialect}`)
  return found
}

describe.each(dialects)('`ai` with its provider for %s', (client) => {
  const own = dialects.map((provider) => [provider] as const)

  const setUp = (dialect: DialectName, ...turns: readonly Say[]) => {
    const provider = providerOf(dialect)
    const model = models[client](world.gateway.url, `${dialect}:${providerModel}`)
    let turn = 0
    const next = () => {
      const say = turns[turn]
      turn += 1
      if (say !== undefined) provider.say(say)
    }
    next()
    return { model, provider, next }
  }

  it.each(own)('gets a text from %s', async (dialect) => {
    const { model } = setUp(dialect, { text: pieces, usage })

    const answer = await generateText({ model, prompt: 'Hello', instructions: 'Be short.' })

    expect(answer.text).toBe(pieces.join(''))
    expect(answer.finishReason).toBe('stop')
    expect(answer.usage).toMatchObject({ inputTokens: 12, outputTokens: 34 })
    expect(lastBody(providerOf(dialect))).toContain('Be short.')
  })

  it.each(own)('streams a text from %s', async (dialect) => {
    const { model } = setUp(dialect, { text: pieces, usage })

    const answer = streamText({ model, prompt: 'Hello' })
    const texts: string[] = []
    for await (const text of answer.textStream) texts.push(text)

    // Gemini ends texts with an empty one.
    expect(texts.filter(Boolean)).toEqual(pieces)
    expect(await answer.finishReason).toBe('stop')
    expect(await answer.usage).toMatchObject({ inputTokens: 12, outputTokens: 34 })
  })

  describe.each([false, true])('streamed: %s', (stream) => {
    it.each(own)('calls tools over several steps at %s', async (dialect) => {
      const { model, provider, next } = setUp(
        dialect,
        { text: ['Let me see.'], calls: [call('one', 'Oslo'), call('two', 'Paris')] },
        { reasoning: ['Once more.'], calls: [call('three', 'Rome')] },
        { text: ['It rains everywhere.'] },
      )
      const options = {
        model,
        prompt: 'Where does it rain?',
        tools: { weather },
        stopWhen: isStepCount(5),
        onStepFinish: next,
      }

      const steps = stream ? await streamText(options).steps : (await generateText(options)).steps

      expect(steps.map(({ toolCalls }) => toolCalls.map(({ input }) => input))).toEqual([
        [{ place: 'Oslo' }, { place: 'Paris' }],
        [{ place: 'Rome' }],
        [],
      ])
      expect(steps[0]?.text).toBe('Let me see.')
      expect(steps.map(({ finishReason }) => finishReason)).toEqual([
        'tool-calls',
        'tool-calls',
        'stop',
      ])
      expect(steps[2]?.text).toBe('It rains everywhere.')
      for (const place of ['Oslo', 'Paris', 'Rome']) {
        expect(lastBody(provider)).toContain(`rain in ${place}`)
      }
    })

    it.each(own)('gets an object from %s', async (dialect) => {
      const { model, provider } = setUp(dialect, { text: ['{"city":"Os', 'lo","degrees":3}'] })
      const options = {
        model,
        prompt: 'Weather?',
        output: Output.object({ schema: answerSchema }),
      }

      const output = stream
        ? await streamText(options).output
        : (await generateText(options)).output

      expect(output).toEqual({ city: 'Oslo', degrees: 3 })
      expect(lastBody(provider)).toContain('degrees')
    })

    it.each(own)('shows an image to %s', async (dialect) => {
      const { model, provider } = setUp(dialect, { text: ['A dot.'] })
      const options = {
        model,
        messages: [
          {
            role: 'user' as const,
            content: [
              { type: 'text' as const, text: 'What is this?' },
              { type: 'file' as const, data: png.data, mediaType: png.mediaType },
            ],
          },
        ],
      }

      const text = stream ? await streamText(options).text : (await generateText(options)).text

      expect(text).toBe('A dot.')
      expect(lastBody(provider)).toContain(png.data)
    })

    it.each(own)('hears of failures of %s', async (dialect) => {
      const { model, provider } = setUp(dialect, { text: ['never'] })
      provider.fail(429)
      const raised: unknown[] = []
      const options = {
        model,
        prompt: 'Hello',
        maxRetries: 0,
        onError: ({ error }: { readonly error: unknown }) => void raised.push(error),
      }

      if (stream) await streamText(options).consumeStream()
      else await generateText(options).catch((error: unknown) => raised.push(error))

      expect(raised[0]).toMatchObject({ name: 'AI_APICallError', statusCode: 429 })
    })
  })

  it.each(own)('sees what %s thinks', async (dialect) => {
    const { model } = setUp(dialect, { reasoning: ['Hm, ', 'well.'], text: ['Yes.'] })

    const answer = await generateText({ model, prompt: 'Think', reasoning: 'medium' })

    expect(answer.reasoningText).toBe(isRead(client, dialect) ? 'Hm, well.' : undefined)
    expect(answer.text).toBe('Yes.')
  })
})

/**
 * Whether this library shows reasoning. In chat completions it reads none; in Responses it reads summaries, and what a chat completion
 * brings is the reasoning itself.
 */
function isRead(client: DialectName, provider: DialectName): boolean {
  if (client === 'openai-chat') return false
  return client !== 'openai-responses' || provider !== 'openai-chat'
}

function call(id: string, place: string) {
  return { id: `call_${id}`, name: 'weather', arguments: { place } }
}

it('breaks the protocol of no client', () => {
  const broken = world.gateway.log.filter(({ msg }) => msg === 'answer breaks its protocol')

  expect(broken).toEqual([])
})
