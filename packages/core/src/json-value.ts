/** Any JSON value, as `JSON.parse` returns it. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject

/** A JSON object. Absent members are absent, never `undefined`. */
export interface JsonObject {
  readonly [name: string]: JsonValue
}

/** A plain JSON Schema (draft 2020-12 subset that typebox understands). */
export type JsonSchema = Readonly<Record<string, unknown>>

/** Whether a JSON value is an object (not an array, not null). */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
