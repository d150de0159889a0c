import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'

/** The content of a chunk's first choice. */
export function contentOf(chunk: JsonValue | undefined): JsonValue | undefined {
  const choices = isJsonObject(chunk) ? chunk['choices'] : undefined
  const choice = Array.isArray(choices) ? choices[0] : undefined
  const delta = isJsonObject(choice) ? choice['delta'] : undefined
  return isJsonObject(delta) ? delta['content'] : undefined
}

/**
 * The content of a chunk that says nothing else: whatever chunk is the same but for its content has no other effect either. Members beside
 * the choices repeat what the first chunk told, unless they are usage.
 */
export function plainText(chunk: JsonObject): string | undefined {
  const { choices, usage, x_groq: groq } = chunk
  if (!(isNothing(usage) && isNothing(groq) && Array.isArray(choices) && choices.length === 1)) {
    return undefined
  }
  const [choice] = choices
  if (!isJsonObject(choice) || !saysOnly(choice, choiceMembers)) return undefined
  const { index, delta } = choice
  if ((index ?? 0) !== 0 || !isJsonObject(delta)) return undefined
  const { content } = delta
  return typeof content === 'string' && saysOnly(delta, deltaMembers) ? content : undefined
}

const choiceMembers: ReadonlySet<string> = new Set(['index', 'delta'])
const deltaMembers: ReadonlySet<string> = new Set(['role', 'content'])

function saysOnly(object: JsonObject, members: ReadonlySet<string>): boolean {
  for (const name of Object.keys(object)) {
    if (!members.has(name) && !isNothing(object[name])) return false
  }
  return true
}

function isNothing(value: JsonValue | undefined): boolean {
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    (Array.isArray(value) && value.length === 0)
  )
}
