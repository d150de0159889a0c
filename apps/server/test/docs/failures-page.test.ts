import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { failuresPage } from '../../scripts/failures/page.ts'

it('is what a gateway does; run "npm run docs" when this fails', async () => {
  const { path, text } = await failuresPage()

  expect(readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8')).toBe(text)
})
