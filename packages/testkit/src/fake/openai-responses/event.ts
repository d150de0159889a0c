import type { JsonObject } from '../strict/rule.ts'

/** An event before it has its number: `type` and what belongs to it. */
export type ResponsesEvent = JsonObject & { readonly type: string }
