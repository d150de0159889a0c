import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { commandsPage } from '../../scripts/commands/page.ts'

it('is what the commands say of themselves; run "npm run docs" when this fails', async () => {
  const { path, text } = await commandsPage()

  expect(readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8')).toBe(text)
})
