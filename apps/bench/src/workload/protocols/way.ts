import { anthropicClient, anthropicUpstream } from './anthropic.ts'
import { chatClient, chatUpstream } from './chat.ts'
import type { ClientProtocol, UpstreamProtocol } from './protocol.ts'
import { responsesClient } from './responses.ts'

/** What the driver speaks, and what the upstream behind the target speaks. */
export interface Way {
  readonly name: string
  readonly client: ClientProtocol
  readonly upstream: UpstreamProtocol
}

/** The same protocol on both sides: what a target passes on must not change. */
export const forwarded: Way = { name: 'chat', client: chatClient, upstream: chatUpstream }

/** Ways on which the target has to translate, by their names on the command line. */
export const translated: readonly Way[] = [
  { name: 'anthropic-chat', client: anthropicClient, upstream: chatUpstream },
  { name: 'chat-anthropic', client: chatClient, upstream: anthropicUpstream },
  { name: 'responses-chat', client: responsesClient, upstream: chatUpstream },
]

/** Whether the target must translate. */
export function isTranslated({ client, upstream }: Way): boolean {
  return client.name !== upstream.name
}
