import { anthropicClient } from './anthropic.ts'
import { chatClient } from './chat.ts'
import type { Client, ClientName } from './client.ts'
import { geminiClient } from './gemini.ts'
import { geminiArrayClient } from './gemini-array.ts'
import { responsesClient } from './responses.ts'

/** Everybody who makes calls. */
export const clients: Readonly<Record<ClientName, Client>> = {
  'openai-chat': chatClient,
  'openai-responses': responsesClient,
  'anthropic-messages': anthropicClient,
  gemini: geminiClient,
  'gemini-array': geminiArrayClient,
}
