import type { Headers } from '../body.ts'

/** An allow-list of header fields, made ready for look-ups. */
interface HeaderList {
  readonly names: ReadonlySet<string>
  readonly prefixes: readonly string[]
}

/** Header fields that whoever picked them may add to. */
export type PickedHeaders = Record<string, Headers[string]>

/** Lists belong to dialects and to this package: there are few, and they live as long as what they belong to. */
const prepared = new WeakMap<readonly string[], HeaderList>()

/** The header fields that one of the lists allows; `name-*` allows every name that starts so. */
export function pickHeaders(
  headers: Headers,
  ...lists: readonly (readonly string[])[]
): PickedHeaders {
  const allowed = lists.map(prepare)
  const picked: PickedHeaders = {}
  for (const name of Object.keys(headers)) {
    const value = headers[name]
    if (value !== undefined && isAllowed(name, allowed)) picked[name] = value
  }
  return picked
}

/** Not `some` with a function: this is asked for every header of every call. */
function isAllowed(name: string, lists: readonly HeaderList[]): boolean {
  for (const list of lists) if (allows(list, name)) return true
  return false
}

function prepare(list: readonly string[]): HeaderList {
  const known = prepared.get(list)
  if (known !== undefined) return known
  const isPrefix = (entry: string) => entry.endsWith('*')
  const made: HeaderList = {
    names: new Set(list.filter((entry) => !isPrefix(entry))),
    prefixes: list.filter(isPrefix).map((entry) => entry.slice(0, -1)),
  }
  prepared.set(list, made)
  return made
}

function allows({ names, prefixes }: HeaderList, name: string): boolean {
  if (names.has(name)) return true
  for (const prefix of prefixes) if (name.startsWith(prefix)) return true
  return false
}
