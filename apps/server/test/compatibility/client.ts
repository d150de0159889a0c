import type { JsonObject } from '@jackfield/testkit'

/** One of the four protocols. */
export type DialectName = 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini'

export const dialects: readonly DialectName[] = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini',
]

/** What the user of a client library gets, in no protocol's words. */
export interface Heard {
  readonly text: string
  readonly reasoning: string
  readonly refusal: string
  readonly calls: readonly {
    readonly id: string
    readonly name: string
    readonly arguments: unknown
  }[]
  /** Why it ended, in the words of the client's protocol. */
  readonly finish: string
  readonly usage: {
    readonly input?: number
    readonly output?: number
    readonly cached?: number
    readonly reasoning?: number
  }
  /** The model's turn as the user of the library sends it back. */
  readonly turn: unknown
}

/** A file or image as base64. */
export interface Media {
  readonly mediaType: string
  readonly data: string
}

export interface ToolResult {
  readonly id: string
  readonly name: string
  readonly text: string
  readonly image?: Media
}

export type Turn =
  | {
      readonly user: string
      readonly image?: Media
      readonly file?: Media & { readonly name: string }
    }
  | { readonly heard: Heard }
  | { readonly results: readonly ToolResult[] }

/** What the user of a client library asks for. */
export interface Ask {
  readonly model?: string
  readonly system?: string
  readonly turns: readonly Turn[]
  readonly tools?: readonly string[]
  readonly schema?: JsonObject
  readonly reasons?: boolean
  readonly stop?: string
  readonly maxTokens?: number
  readonly signal?: AbortSignal
}

/** An official client library, pointed at the gateway. */
export interface SdkClient {
  readonly dialect: DialectName
  /** Throws what the library throws. */
  ask(
    ask: Ask,
    options: { readonly stream: boolean; readonly onStart?: () => void },
  ): Promise<Heard>
  /** Names of the classes of an error that the library threw. */
  errorClass(error: unknown): string
}

/** Parameters of every tool in these tests. */
export const toolSchema = {
  type: 'object',
  properties: { place: { type: 'string', description: 'A city.' } },
  required: ['place'],
  additionalProperties: false,
} as const

export const png: Media = {
  mediaType: 'image/png',
  data: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
}

export const pdf: Media & { readonly name: string } = {
  mediaType: 'application/pdf',
  data: Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF').toString('base64'),
  name: 'report.pdf',
}
