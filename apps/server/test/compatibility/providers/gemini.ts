import { type GeminiAnswer, reply, startGeminiFake } from '@jackfield/testkit'
import { Hanging } from '../hang.ts'
import { type Provider, providerKey } from '../provider.ts'
import type { Say } from '../say.ts'

/** A provider of Gemini. */
export async function geminiProvider(): Promise<Provider> {
  let said: Say = {}
  let answers = 0
  const hanging = new Hanging()
  const fake = await startGeminiFake({
    answer: () => {
      answers += 1
      return { ...answerOf(said), responseId: `response-${answers}` }
    },
    play: hanging.play,
  })
  return {
    dialect: 'gemini',
    backend: {
      type: 'gemini',
      speaks: ['gemini'],
      base_url: fake.baseUrl,
      api_keys: [providerKey],
    },
    server: fake.server,
    say: (next) => {
      said = next
    },
    hang: () => hanging.hang(),
    fail: (status) => fake.server.respondOnce(reply(status, errorOf(status))),
    close: () => fake.close(),
  }
}

const words = { length: 'MAX_TOKENS', 'stop-sequence': 'STOP', filter: 'SAFETY' } as const

function answerOf({ text, reasoning, calls = [], refusal, end, usage }: Say): GeminiAnswer {
  const finishReason = refusal === undefined ? end && words[end] : 'SAFETY'
  return {
    parts: [
      ...(reasoning ? [{ text: reasoning, thought: true }] : []),
      ...(text ? [{ text }] : []),
      // As Gemini does: no ids.
      ...calls.map((call) => ({ functionCall: { name: call.name, args: call.arguments } })),
    ],
    ...(finishReason === undefined ? {} : { finishReason }),
    ...(usage && {
      usage: {
        promptTokens: usage.input,
        candidateTokens: usage.output - (usage.reasoning ?? 0),
        ...(usage.cached === undefined ? {} : { cachedTokens: usage.cached }),
        ...(usage.reasoning === undefined ? {} : { thoughtTokens: usage.reasoning }),
      },
    }),
  }
}

const errorStatuses: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
}

function errorOf(status: number): object {
  const message = `The fake fails with ${status}.`
  return { error: { code: status, message, status: errorStatuses[status] } }
}
