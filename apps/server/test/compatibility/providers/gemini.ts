import { type GeminiAnswer, startGeminiFake } from '@jackfield/testkit'
import { Hanging } from '../hang.ts'
import { type Provider, providerKey } from '../provider.ts'
import type { Say } from '../say.ts'

/** A provider of Gemini. */
export async function geminiProvider(): Promise<Provider> {
  let said: Say = {}
  const hanging = new Hanging()
  const fake = await startGeminiFake({ answer: () => answerOf(said), play: hanging.play })
  return {
    dialect: 'gemini',
    backend: { type: 'gemini', base_url: fake.baseUrl, api_keys: [providerKey] },
    server: fake.server,
    say: (next) => {
      said = next
    },
    hang: () => hanging.hang(),
    setKey: (behaviour) => fake.setKey(providerKey, behaviour),
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
