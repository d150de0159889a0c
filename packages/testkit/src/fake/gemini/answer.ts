import type { Pieces } from '../openai/chat-answer.ts'
import type { JsonObject } from '../strict/rule.ts'

/** What can stand beside the data of a part. */
interface PartModifiers {
  /** Put there as it is. Default: the signature that the style makes for such a part, if any. */
  readonly thoughtSignature?: string
}

/** Text, or thought text; in a stream each piece comes in a chunk of its own. */
export interface GeminiTextPart extends PartModifiers {
  readonly text: Pieces
  readonly thought?: boolean
}

/** A function call. Ids are often missing, and so are the arguments of a call that has none. */
export interface GeminiCallPart extends PartModifiers {
  readonly functionCall: {
    readonly id?: string
    readonly name: string
    readonly args?: JsonObject
  }
}

/** A part of another kind, as it stands on the wire. */
export type GeminiOtherPart = PartModifiers &
  (
    | { readonly inlineData: { readonly mimeType: string; readonly data: string } }
    | {
        readonly executableCode: {
          readonly id?: string
          readonly language: 'PYTHON'
          readonly code: string
        }
      }
    | {
        readonly codeExecutionResult: {
          readonly id?: string
          readonly outcome: string
          readonly output?: string
        }
      }
    | {
        readonly toolCall: {
          readonly id: string
          readonly toolType: string
          readonly args?: JsonObject
        }
      }
    | {
        readonly toolResponse: {
          readonly id: string
          readonly toolType: string
          readonly response?: JsonObject
        }
      }
  )

/** One part of what the fake model says. */
export type GeminiPart = GeminiTextPart | GeminiCallPart | GeminiOtherPart

/** Counted tokens. */
export interface GeminiUsage {
  /** Includes the cached ones. */
  readonly promptTokens: number
  /** Excludes thoughts. */
  readonly candidateTokens: number
  readonly thoughtTokens?: number
  readonly cachedTokens?: number
  readonly toolUseTokens?: number
}

/** What the fake model says. Everything absent has a fixed value, so equal answers make equal bytes. */
export interface GeminiAnswer {
  readonly parts?: readonly GeminiPart[]
  /** How `content` looks when there are no parts: a role alone (default), `{}`, or not there. */
  readonly withoutParts?: 'role' | 'empty' | 'absent'
  /** Default: `STOP`. */
  readonly finishReason?: string
  readonly finishMessage?: string
  /** The prompt was refused: there are no candidates. */
  readonly blocked?: { readonly reason: string; readonly message?: string }
  /** Those of the candidate, or of the prompt that was refused. */
  readonly safetyRatings?: readonly JsonObject[]
  readonly groundingMetadata?: JsonObject
  readonly urlContextMetadata?: JsonObject
  readonly citationMetadata?: JsonObject
  readonly usage?: GeminiUsage
  readonly modelVersion?: string
  readonly responseId?: string
  /** How many equal candidates; default 1. */
  readonly candidates?: number
}

/** How a provider spells what an answer says; the defaults are what Google does. */
export interface GeminiStyle {
  /** Makes the signature of a part; `before` is the text of the answer before it. Without it nothing is signed. */
  readonly sign?: (part: JsonObject, before: string) => string
  /** Leaves out `candidates[].index`, as Vertex does. */
  readonly withoutIndex?: boolean
  /** Sends no finish reason. */
  readonly withoutFinish?: boolean
  /** Where usage is: in every chunk, counting up (default), on the last one, nowhere. */
  readonly usage?: 'every-chunk' | 'last-chunk' | 'absent'
  /** Where the finish reason is: in a chunk with an empty text part after text and on the last part after anything else (default), or always the former. */
  readonly finish?: 'by-kind' | 'own-chunk'
  /** Sends calls that stand side by side in one chunk instead of one each. */
  readonly callsTogether?: boolean
  /** How a stream is framed; Google ends lines with CRLF. */
  readonly frame?: { readonly crlf?: boolean }
}
