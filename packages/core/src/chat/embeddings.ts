import type { Extensions } from './content.ts'
import type { Usage } from './usage.ts'

/** Texts, or texts as the model's own tokens. */
export type EmbeddingsInput = string | readonly number[]

/** A request for embeddings, independent of any wire protocol. */
export interface EmbeddingsRequest {
  readonly model: string
  /** At least one. */
  readonly inputs: readonly EmbeddingsInput[]
  /** Whether the client gave one input instead of a list of them: protocols answer the two differently. */
  readonly single: boolean
  readonly dimensions?: number
  /** What the vectors are for, in Gemini's words (`RETRIEVAL_QUERY`), which other protocols lack. */
  readonly taskType?: string
  readonly title?: string
  /** How the client wants to have its numbers. Default: `float`. */
  readonly encoding?: 'float' | 'base64'
  readonly endUser?: string
  readonly extensions?: Extensions
}

/** Vectors, in the order of the inputs. */
export interface EmbeddingsResponse {
  readonly model?: string
  readonly vectors: readonly (readonly number[])[]
  readonly usage?: Usage
}
