import type { ErrorCode } from '@jackfield/core'

/** Differences of a provider that speaks OpenAI's Responses. The defaults are OpenAI itself. */
export interface OpenAIResponsesOptions {
  /** Role of developer messages: some compatible providers know only `system`. Default `keep`. */
  readonly developerRole?: 'keep' | 'system'
  /**
   * Whether `reasoning.encrypted_content` is asked for where the provider stores nothing. `auto`: for requests that ask for
   * reasoning or bring such content back, and for models that are known to think unasked, because OpenAI refuses it for
   * models that cannot think. Default `auto`.
   */
  readonly encryptedReasoning?: 'auto' | 'always' | 'never'
  /**
   * Which reasoning of earlier turns is sent back: only what the provider can verify (`encrypted`), or its readable text too
   * (`all`), as open-weight servers and DeepSeek take it. Default `encrypted`.
   */
  readonly returnReasoning?: 'encrypted' | 'all'
  /** Whether `namespace` tools are understood; otherwise their functions are sent under joined names. Default `true`. */
  readonly namespaces?: boolean
  /** How prompt-cache marks that come from other dialects are written. Default `none`: they are dropped. */
  readonly cacheMarks?: 'none' | 'prompt_cache_breakpoint'
  /** Top-level members that may be sent (all, if absent) and that may not. What is left out is reported as dropped. */
  readonly parameters?: { readonly allow?: readonly string[]; readonly drop?: readonly string[] }
  /** Meaning of the provider's own error codes and types, above the general rules. */
  readonly errorCodes?: Readonly<Record<string, ErrorCode>>
}

/** Options with their defaults filled in. */
export interface ResponsesVariant {
  readonly developerRole: 'keep' | 'system'
  readonly encryptedReasoning: 'auto' | 'always' | 'never'
  readonly returnReasoning: 'encrypted' | 'all'
  readonly namespaces: boolean
  readonly cacheMarks: 'none' | 'prompt_cache_breakpoint'
  readonly allow: ReadonlySet<string> | undefined
  readonly drop: ReadonlySet<string>
  readonly errorCodes: Readonly<Record<string, ErrorCode>>
}

export function resolveResponsesVariant(options: OpenAIResponsesOptions): ResponsesVariant {
  const { parameters } = options
  return {
    developerRole: options.developerRole ?? 'keep',
    encryptedReasoning: options.encryptedReasoning ?? 'auto',
    returnReasoning: options.returnReasoning ?? 'encrypted',
    namespaces: options.namespaces ?? true,
    cacheMarks: options.cacheMarks ?? 'none',
    allow: parameters?.allow === undefined ? undefined : new Set(parameters.allow),
    drop: new Set(parameters?.drop),
    errorCodes: { ...answerCodes, ...options.errorCodes },
  }
}

/** Codes of `response.error` (protocol reference 2.4) that the rules for HTTP errors do not know. */
const answerCodes: Readonly<Record<string, ErrorCode>> = {
  invalid_prompt: 'invalid_request',
  data_residency_mismatch: 'invalid_request',
  previous_response_not_found: 'invalid_request',
  bio_policy: 'content_filtered',
  misalignment_policy_violation: 'content_filtered',
  image_content_policy_violation: 'content_filtered',
  vector_store_timeout: 'upstream_timeout',
  invalid_image: 'invalid_request',
  invalid_image_format: 'invalid_request',
  invalid_base64_image: 'invalid_request',
  invalid_image_url: 'invalid_request',
  invalid_image_mode: 'invalid_request',
  image_too_large: 'invalid_request',
  image_too_small: 'invalid_request',
  image_parse_error: 'invalid_request',
  image_file_too_large: 'invalid_request',
  image_file_not_found: 'invalid_request',
  unsupported_image_media_type: 'invalid_request',
  empty_image_file: 'invalid_request',
  failed_to_download_image: 'invalid_request',
}
