import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A code block of a page. */
export interface Example {
  /** Page and line, for messages. */
  readonly place: string
  readonly language: string
  /** What stands behind the language: `run`, `run=echo`, `run=above`, `config`. */
  readonly kind: string
  readonly text: string
  /** The configuration that stands above it on its page. */
  readonly config?: string
}

const root = fileURLToPath(new URL('../../../..', import.meta.url))

/** All code blocks of the README and the pages below `docs` that are marked to be run or loaded. */
export function readExamples(): readonly Example[] {
  const pages = ['README.md', ...pagesBelow('docs')]
  return pages.flatMap((page) => examplesIn(page, readFileSync(join(root, page), 'utf8')))
}

function pagesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = `${folder}/${name}`
    if (statSync(join(root, path)).isDirectory()) return pagesBelow(path)
    return name.endsWith('.md') ? [path] : []
  })
}

/** Marked code blocks of one page. */
export function examplesIn(page: string, markdown: string): readonly Example[] {
  const fence = /^```(\w+) (run|run=echo|run=above|config)\n([\s\S]*?)^```$/gm
  let config: string | undefined
  return [...markdown.matchAll(fence)].map((match) => {
    const line = markdown.slice(0, match.index).split('\n').length
    const [, language = '', kind = '', text = ''] = match
    if (kind === 'config') config = text
    return {
      place: `${page}:${line}`,
      language,
      kind,
      text,
      ...(config === undefined ? {} : { config }),
    }
  })
}
