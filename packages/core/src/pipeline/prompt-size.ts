import { estimateInputTokens } from '../chat/estimate-tokens.ts'
import type { ChatRequest } from '../chat/request.ts'

/** Bytes of a body that are one token, where its conversation cannot be read: a rule of thumb. */
const bytesPerToken = 4

/** How long a prompt is. Looks no closer than the question needs. */
export class PromptSize {
  readonly #bytes: number | undefined
  readonly #request: () => ChatRequest
  #tokens: number | undefined

  /** `bytes`: of the body; absent where the request never was one. */
  constructor(bytes: number | undefined, request: () => ChatRequest) {
    this.#bytes = bytes
    this.#request = request
  }

  /** Whether it has at most so many tokens, by estimate. A token is at least a byte. */
  fits(maxTokens: number): boolean {
    if (this.#bytes !== undefined && this.#bytes <= maxTokens) return true
    return this.tokens <= maxTokens
  }

  /** By estimate. */
  get tokens(): number {
    this.#tokens ??= this.#estimate()
    return this.#tokens
  }

  #estimate(): number {
    try {
      return estimateInputTokens(this.#request())
    } catch {
      // What is wrong with the request is for its provider to say.
      return Math.ceil((this.#bytes ?? 0) / bytesPerToken)
    }
  }
}
