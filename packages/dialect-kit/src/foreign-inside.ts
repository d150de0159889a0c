import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'

/** Objects of tools and parts that only hold members: what is lost of them is told by the names inside. */
const holders = new Set(['function', 'inlineData', 'fileData', 'functionResponse'])

/** Members that lose nothing, or whose loss has a name of its own. */
const told = new Set([
  // Marks for the prompt cache are `cache`.
  'cache_control',
  'prompt_cache_breakpoint',
  // Labels of the decoders: where a thing stood. Tools of a namespace have its name in theirs.
  'place',
  'later',
  'namespace',
  // What a provider remarked on its own answer, which clients send back with it.
  'annotations',
  'caller',
  'logprobs',
])

/** Names of the members of a tool, a message or a part that only the dialect of the client knows. */
export function foreignInside(members: JsonObject, holder: object): readonly string[] {
  return Object.entries(members).flatMap(([name, value]) => {
    if (told.has(name) || isEmpty(value)) return []
    // How closely to look is canonical where there is a word for it.
    if (name === 'mediaResolution' && 'detail' in holder) return []
    if (name === 'content' && Array.isArray(value)) return typesOf(value)
    return holders.has(name) && isJsonObject(value) ? Object.keys(value) : [name]
  })
}

/** `[]` and `{}` say nothing. */
function isEmpty(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.length === 0
  return isJsonObject(value) && Object.keys(value).length === 0
}

/** The blocks among instructions that are no instructions. */
function typesOf(blocks: readonly JsonValue[]): readonly string[] {
  return blocks.flatMap((block) => {
    const type = isJsonObject(block) ? block['type'] : undefined
    return typeof type === 'string' && type !== 'text' ? [type] : []
  })
}
