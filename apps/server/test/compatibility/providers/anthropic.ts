import { type AnthropicAnswer, reply, startAnthropicFake } from '@jackfield/testkit'
import { Hanging } from '../hang.ts'
import { type Provider, providerKey } from '../provider.ts'
import { type Say, stopWord } from '../say.ts'

/** A provider of Anthropic's Messages. */
export async function anthropicProvider(): Promise<Provider> {
  let said: Say = {}
  const hanging = new Hanging()
  const fake = await startAnthropicFake({ answer: () => answerOf(said), play: hanging.play })
  return {
    dialect: 'anthropic-messages',
    backend: { type: 'anthropic', base_url: fake.baseUrl, api_keys: [providerKey] },
    server: fake.server,
    say: (next) => {
      said = next
    },
    hang: () => hanging.hang(),
    fail: (status) => fake.server.respondOnce(reply(status, errorOf(status))),
    close: () => fake.close(),
  }
}

const words = { length: 'max_tokens', 'stop-sequence': 'stop_sequence', filter: 'refusal' } as const

function answerOf(said: Say): AnthropicAnswer {
  const { text, reasoning, calls = [], refusal, end, usage } = said
  const spoken = refusal === undefined ? text : [refusal]
  const stopReason = refusal === undefined ? end && words[end] : 'refusal'
  return {
    blocks: [
      ...(reasoning ? [{ type: 'thinking', thinking: reasoning } as const] : []),
      ...(spoken ? [{ type: 'text', text: spoken } as const] : []),
      ...calls.map(
        (call) =>
          ({
            type: 'tool_use',
            id: call.id,
            name: call.name,
            input: JSON.stringify(call.arguments).match(/[\s\S]{1,7}/g) ?? [],
          }) as const,
      ),
    ],
    ...(stopReason === undefined ? {} : { stopReason }),
    ...(end === 'stop-sequence' ? { stopSequence: stopWord } : {}),
    ...(usage && {
      usage: {
        inputTokens: usage.input - (usage.cached ?? 0),
        outputTokens: usage.output,
        ...(usage.cached === undefined ? {} : { cacheReadTokens: usage.cached }),
        ...(usage.reasoning === undefined ? {} : { thinkingTokens: usage.reasoning }),
      },
    }),
  }
}

const errorTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  429: 'rate_limit_error',
  503: 'overloaded_error',
}

function errorOf(status: number): object {
  const message = `The fake fails with ${status}.`
  return { type: 'error', error: { type: errorTypes[status], message }, request_id: 'req_1' }
}
