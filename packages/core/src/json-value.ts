/** Any JSON value, as `JSON.parse` returns it. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject

/** A JSON object. Absent members are absent, never `undefined`. */
export interface JsonObject {
  readonly [name: string]: JsonValue
}

/** A plain JSON Schema: an object of keywords, as TypeBox builds them. */
export type JsonSchema = object

/** Whether a JSON value is an object (not an array, not null). */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
