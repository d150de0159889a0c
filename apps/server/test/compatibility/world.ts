import { stringify } from 'yaml'
import { openGateway, type TestGateway } from '../end-to-end/harness.ts'
import type { DialectName, SdkClient } from './client.ts'
import { anthropicClient } from './clients/anthropic.ts'
import { chatClient } from './clients/chat.ts'
import { geminiClient } from './clients/gemini.ts'
import { responsesClient } from './clients/responses.ts'
import { type Provider, providerModel } from './provider.ts'
import { anthropicProvider } from './providers/anthropic.ts'
import { chatProvider } from './providers/chat.ts'
import { geminiProvider } from './providers/gemini.ts'
import { responsesProvider } from './providers/responses.ts'

/** A gateway in front of a provider of every protocol. */
export interface World {
  readonly gateway: TestGateway
  readonly providers: readonly Provider[]
  /** A client library of one protocol that asks for the model of one provider. */
  client(dialect: DialectName, provider: DialectName): SdkClient
  close(): Promise<void>
}

const clients = {
  'openai-chat': chatClient,
  'openai-responses': responsesClient,
  'anthropic-messages': anthropicClient,
  gemini: geminiClient,
} as const

/** Starts all of it. The caller closes it. */
export async function startWorld(): Promise<World> {
  const providers = await Promise.all([
    chatProvider(),
    responsesProvider(),
    anthropicProvider(),
    geminiProvider(),
  ])
  const backends = providers.map(({ dialect, backend }) => [dialect, backend] as const)
  const gateway = await openGateway(
    stringify({
      backends: Object.fromEntries(backends),
      validate_answers: 1,
      max_tries: 1,
      max_wait: 0,
    }),
  )
  return {
    gateway,
    providers,
    client: (dialect, provider) => clients[dialect](gateway.url, `${provider}:${providerModel}`),
    async close() {
      await gateway.close()
      await Promise.all(providers.map((provider) => provider.close()))
    },
  }
}
