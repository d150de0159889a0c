/** Place of a value in a request. Kept as a chain, because its text is needed only when something is wrong. */
export interface Path {
  readonly parent?: Path
  readonly key: string | number
}

export function at(parent: Path | undefined, key: string | number): Path {
  return parent === undefined ? { key } : { parent, key }
}

/** As OpenAI spells `param`: `messages[3].content[1].image_url.url`. */
export function pathText(path: Path): string {
  const { parent, key } = path
  if (typeof key === 'number') return `${parent === undefined ? '' : pathText(parent)}[${key}]`
  return parent === undefined ? key : `${pathText(parent)}.${key}`
}
