import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import { toolsBrought } from './item-kinds.ts'

/** A tool inside a `namespace` tool. */
export interface NamespacedName {
  readonly namespace: string
  readonly name: string
}

/**
 * The one name that a tool of a namespace has outside of this protocol. OpenAI names a tool that was found by tool search as its
 * own namespace: that is a plain tool.
 */
export function flatName(name: string, namespace: string | undefined): string {
  return namespace === undefined || namespace === '' || namespace === name
    ? name
    : `${namespace}__${name}`
}

/** The tools that the items of an `input` bring along. */
export function laterTools(input: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(input) ? input.filter(isJsonObject).flatMap(toolsBrought) : []
}

/** The tools of namespaces in a list of a client's tools, by their flat names, so that calls can be told as the client named them. */
export function namespacedTools(tools: JsonValue | undefined): ReadonlyMap<string, NamespacedName> {
  const found = new Map<string, NamespacedName>()
  if (!Array.isArray(tools)) return found
  for (const tool of tools.filter(isJsonObject)) {
    if (tool['type'] === 'namespace') addTools(tool, found)
  }
  return found
}

function addTools(tool: JsonObject, found: Map<string, NamespacedName>): void {
  const { name: namespace, tools } = tool
  if (typeof namespace !== 'string' || !Array.isArray(tools)) return
  for (const { name } of tools.filter(isJsonObject)) {
    if (typeof name !== 'string') continue
    const flat = flatName(name, namespace)
    if (!found.has(flat)) found.set(flat, { namespace, name })
  }
}

/** A tool's own name inside of its namespace. */
export function nameWithin(flat: string, namespace: string): string {
  const start = `${namespace}__`
  return flat.startsWith(start) ? flat.slice(start.length) : flat
}
