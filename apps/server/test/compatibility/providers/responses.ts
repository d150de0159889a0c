import {
  type ResponsesAnswer,
  type ResponsesItem,
  reply,
  startOpenAIResponsesFake,
} from '@jackfield/testkit'
import { Hanging } from '../hang.ts'
import { type Provider, providerKey } from '../provider.ts'
import type { Say } from '../say.ts'

/** A provider of OpenAI's Responses. */
export async function responsesProvider(): Promise<Provider> {
  let said: Say = {}
  const hanging = new Hanging()
  const fake = await startOpenAIResponsesFake({ answer: () => answerOf(said), play: hanging.play })
  return {
    dialect: 'openai-responses',
    backend: {
      type: 'openai',
      dialect: 'openai-responses',
      speaks: ['openai-responses'],
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

function answerOf(said: Say): ResponsesAnswer {
  const { end, usage } = said
  const reasons = { length: 'max_output_tokens', filter: 'content_filter' } as const
  return {
    items: itemsOf(said),
    ...(end === 'length' || end === 'filter' ? { incompleteReason: reasons[end] } : {}),
    ...(usage && {
      usage: {
        inputTokens: usage.input,
        outputTokens: usage.output,
        ...(usage.cached === undefined ? {} : { cachedTokens: usage.cached }),
        ...(usage.reasoning === undefined ? {} : { reasoningTokens: usage.reasoning }),
      },
    }),
  }
}

function itemsOf({ text, reasoning, calls = [], refusal }: Say): readonly ResponsesItem[] {
  const hasMessage = text !== undefined || refusal !== undefined
  return [
    ...(reasoning ? [{ type: 'reasoning', summary: [reasoning] } as const] : []),
    ...(hasMessage
      ? [
          {
            type: 'message',
            ...(text && { text }),
            ...(refusal === undefined ? {} : { refusal }),
          } as const,
        ]
      : []),
    ...calls.map(
      (call) =>
        ({
          type: 'function_call',
          callId: call.id,
          name: call.name,
          arguments: JSON.stringify(call.arguments).match(/[\s\S]{1,7}/g) ?? [],
        }) as const,
    ),
  ]
}

function errorOf(status: number): object {
  const message = `The fake fails with ${status}.`
  return { error: { message, type: 'some_error', param: null, code: null } }
}
