import { type ChatAnswer, reply, startOpenAIChatFake } from '@jackfield/testkit'
import { Hanging } from '../hang.ts'
import { type Provider, providerKey } from '../provider.ts'
import type { Say } from '../say.ts'

/** A provider of OpenAI's chat completions that shows its reasoning as most compatible ones do. */
export async function chatProvider(): Promise<Provider> {
  let said: Say = {}
  const hanging = new Hanging()
  const fake = await startOpenAIChatFake({ answer: () => answerOf(said), play: hanging.play })
  return {
    dialect: 'openai-chat',
    backend: { type: 'openai-compatible', base_url: fake.baseUrl, api_keys: [providerKey] },
    server: fake.server,
    say: (next) => {
      said = next
    },
    hang: () => hanging.hang(),
    fail: (status) => fake.server.respondOnce(reply(status, errorOf(status))),
    close: () => fake.close(),
  }
}

const words = { length: 'length', 'stop-sequence': 'stop', filter: 'content_filter' } as const

function answerOf({ text, reasoning, calls, refusal, end, usage }: Say): ChatAnswer {
  return {
    ...(text && { text }),
    ...(reasoning && { reasoning }),
    ...(refusal === undefined ? {} : { refusal }),
    ...(calls && {
      toolCalls: calls.map((call) => ({
        id: call.id,
        name: call.name,
        arguments: JSON.stringify(call.arguments).match(/[\s\S]{1,7}/g) ?? [],
      })),
    }),
    ...(end === undefined ? {} : { finishReason: words[end] }),
    ...(usage && {
      usage: {
        promptTokens: usage.input,
        completionTokens: usage.output,
        ...(usage.cached === undefined ? {} : { cachedTokens: usage.cached }),
        ...(usage.reasoning === undefined ? {} : { reasoningTokens: usage.reasoning }),
      },
    }),
  }
}

function errorOf(status: number): object {
  const message = `The fake fails with ${status}.`
  return { error: { message, type: 'some_error', param: null, code: null } }
}
