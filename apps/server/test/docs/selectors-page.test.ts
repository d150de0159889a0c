import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { selectorsPage } from '../../scripts/selectors/page.ts'

it('is what a gateway makes of its examples; run "npm run docs" when this fails', async () => {
  const { path, text } = await selectorsPage()

  expect(readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8')).toBe(text)
})
