import { createOpenAI } from '@ai-sdk/openai'
import { generateText, type ModelMessage, stepCountIs, streamText, tool } from 'ai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { allBackends, type StoredWorld, startStoredWorld, violationsOf } from './world.ts'

let world: StoredWorld

beforeAll(async () => {
  world = await startStoredWorld()
})

afterAll(() => world.close())

const weather = tool({
  description: 'Tells the weather.',
  inputSchema: z.object({ place: z.string() }),
  execute: () => 'sunny',
})

// With `store`, its default, this library refers to items that it was given instead of sending them.
describe.each(allBackends)('the AI SDK in front of %s, with everything stored', (backend) => {
  const modelOf = () =>
    createOpenAI({ apiKey: 'sk-client', baseURL: `${world.gateway.url}/v1` }).responses(
      `${backend}:fake-chat`,
    )

  it.each([false, true])(
    'keeps a conversation whole over three turns, streamed: %s',
    async (stream) => {
      const messages: ModelMessage[] = []
      for (const content of ['The first', 'The second', 'The third']) {
        messages.push({ role: 'user', content })
        const asked = { model: modelOf(), messages }
        const result = stream ? streamText(asked) : await generateText(asked)
        expect(await result.text).toBe(`You said: ${content}`)
        messages.push(...(await result.response).messages)
      }

      const shown = JSON.stringify(world.bodies(backend).at(-1))
      if (backend === 'responses') expect(shown).toContain('item_reference')
      else expect(shown).toMatch(/The first.*You said: The first.*The second.*You said: The second/)
      expect(violationsOf(world.gateway)).toEqual([])
    },
  )

  it('runs a tool loop', async () => {
    const { text, steps } = await generateText({
      model: modelOf(),
      prompt: 'weather',
      tools: { weather },
      stopWhen: stepCountIs(3),
    })

    expect(text).toBe('Tool results: sunny')
    expect(steps).toHaveLength(2)
  })
})
