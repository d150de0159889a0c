import { GatewayError, isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import { at, type Path, pathText } from './path.ts'

/** Refuses a request for the value at a path. */
export function refuse(path: Path, problem: string): never {
  const param = pathText(path)
  throw new GatewayError('invalid_request', `\`${param}\` ${problem}.`, { param })
}

/** Refuses a value for its type, naming what was found and what is expected. */
export function refuseType(path: Path, expected: string, found: JsonValue | undefined): never {
  return refuse(path, `must be ${expected}, not ${describeKind(found)}`)
}

function describeKind(value: JsonValue | undefined): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

export function requireObject(value: JsonValue | undefined, path: Path): JsonObject {
  return isJsonObject(value) ? value : refuseType(path, 'an object', value)
}

export function requireString(object: JsonObject, key: string, path: Path | undefined): string {
  const value = object[key]
  return typeof value === 'string' ? value : refuseType(at(path, key), 'a string', value)
}

/** A member that may be absent; clients write `null` for absent. */
export function optionalString(object: JsonObject, key: string, path?: Path): string | undefined {
  const value = object[key]
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : refuseType(at(path, key), 'a string', value)
}

export function optionalNumber(object: JsonObject, key: string, path?: Path): number | undefined {
  const value = object[key]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number') return refuseType(at(path, key), 'a number', value)
  return Number.isFinite(value) ? value : refuse(at(path, key), 'is too large a number')
}

export function optionalBoolean(object: JsonObject, key: string, path?: Path): boolean | undefined {
  const value = object[key]
  if (value === undefined || value === null) return undefined
  return typeof value === 'boolean' ? value : refuseType(at(path, key), 'a boolean', value)
}

export function optionalObject(
  object: JsonObject,
  key: string,
  path?: Path,
): JsonObject | undefined {
  const value = object[key]
  if (value === undefined || value === null) return undefined
  return isJsonObject(value) ? value : refuseType(at(path, key), 'an object', value)
}

export function optionalArray(
  object: JsonObject,
  key: string,
  path?: Path,
): readonly JsonValue[] | undefined {
  const value = object[key]
  if (value === undefined || value === null) return undefined
  return isArray(value) ? value : refuseType(at(path, key), 'an array', value)
}

/** `Array.isArray` for readonly arrays. */
export function isArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}
