import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { errorsPage } from '../../scripts/errors-page.ts'

it('is what the table of errors says; run "npm run docs" when this fails', () => {
  const { path, text } = errorsPage()

  expect(readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8')).toBe(text)
})
