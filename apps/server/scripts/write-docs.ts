import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { configurationPages } from '../src/config/reference.ts'
import { commandsPage } from './commands/page.ts'
import { errorsPage } from './errors-page.ts'
import { failuresPage } from './failures/page.ts'
import { selectorsPage } from './selectors/page.ts'

const pages = [
  ...configurationPages(),
  errorsPage(),
  await failuresPage(),
  await selectorsPage(),
  await commandsPage(),
]
for (const { path, text } of pages) {
  const file = fileURLToPath(new URL(`../../../${path}`, import.meta.url))
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
