/** Whether a member has a value: every one may be left out or be null (OpenAI Responses 2.2). */
export function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null
}
