import type { ChatRequest, JsonObject } from '@jackfield/core'

/** What a member of a request means, and what is left of it to travel on as it is. */
export interface Reading {
  readonly asked: Partial<ChatRequest>
  readonly rest: JsonObject
}
