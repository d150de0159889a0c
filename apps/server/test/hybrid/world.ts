import { stringify } from 'yaml'
import { type DialectName, dialects, type SdkClient } from '../compatibility/client.ts'
import { anthropicClient } from '../compatibility/clients/anthropic.ts'
import { chatClient } from '../compatibility/clients/chat.ts'
import { geminiClient } from '../compatibility/clients/gemini.ts'
import { responsesClient } from '../compatibility/clients/responses.ts'
import { type Provider, providerModel } from '../compatibility/provider.ts'
import { anthropicProvider } from '../compatibility/providers/anthropic.ts'
import { chatProvider } from '../compatibility/providers/chat.ts'
import { geminiProvider } from '../compatibility/providers/gemini.ts'
import { responsesProvider } from '../compatibility/providers/responses.ts'
import { openGateway, type TestGateway } from '../end-to-end/harness.ts'

type Providers = Readonly<Record<DialectName, Provider>>

/** A gateway before two providers of every protocol: models of the one kind think, those of the other answer. */
export interface HybridWorld {
  readonly gateway: TestGateway
  readonly thinkers: Providers
  readonly writers: Providers
  client(dialect: DialectName): SdkClient
  close(): Promise<void>
}

export const clients: Readonly<Record<DialectName, (url: string, model: string) => SdkClient>> = {
  'openai-chat': chatClient,
  'openai-responses': responsesClient,
  'anthropic-messages': anthropicClient,
  gemini: geminiClient,
}

/** Selector of a thinker and a writer. */
export function pairOf(thinker: DialectName, writer: DialectName): string {
  return `hybrid:[think-${thinker}:${providerModel},write-${writer}:${providerModel}]`
}

async function startProviders(): Promise<Providers> {
  const [chat, responses, anthropic, gemini] = await Promise.all([
    chatProvider(),
    responsesProvider(),
    anthropicProvider(),
    geminiProvider(),
  ])
  return {
    'openai-chat': chat,
    'openai-responses': responses,
    'anthropic-messages': anthropic,
    gemini,
  }
}

/** Starts all of it. The caller closes it. */
export async function startHybridWorld(): Promise<HybridWorld> {
  const [thinkers, writers] = await Promise.all([startProviders(), startProviders()])
  const backends = dialects.flatMap((dialect) => [
    [`think-${dialect}`, thinkers[dialect].backend] as const,
    [`write-${dialect}`, writers[dialect].backend] as const,
  ])
  const gateway = await openGateway(
    stringify({ backends: Object.fromEntries(backends), validate_answers: 1, max_wait: 0 }),
  )
  return {
    gateway,
    thinkers,
    writers,
    client: (dialect) => clients[dialect](gateway.url, ''),
    async close() {
      await gateway.close()
      const all = [...Object.values(thinkers), ...Object.values(writers)]
      await Promise.all(all.map((provider) => provider.close()))
    },
  }
}
