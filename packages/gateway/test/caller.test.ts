import { expect, it } from 'vitest'
import { testApp } from './support/test-app.ts'

async function ask(url: string, headers: Readonly<Record<string, string>> = {}) {
  const { app, gateway } = await testApp()
  const answer = await app.inject({ method: 'POST', url, headers, payload: '{}' })
  const [input] = gateway.inputs
  return { status: answer.statusCode, query: input?.query, key: input?.headers['x-goog-api-key'] }
}

it.each([
  ['?key=secret', '', 'secret'],
  ['?alt=sse&key=a%2Bb+c', 'alt=sse', 'a+b c'],
  ['?key=one&alt=sse&key=two', 'alt=sse', 'one'],
  ['?key=', '', ''],
])('takes a key in the query for one in a header: %s', async (search, query, key) => {
  expect(await ask(`/v1/call${search}`)).toEqual({ status: 200, query, key })
})

it('prefers the key in the header, and takes the other out of the query all the same', async () => {
  const asked = await ask('/v1/call?key=other&alt=sse', { 'x-goog-api-key': 'mine' })

  expect(asked).toEqual({ status: 200, query: 'alt=sse', key: 'mine' })
})

it.each(['?monkey=1', '?x=key=1', '?keys=1', ''])('finds no key in %s', async (search) => {
  expect(await ask(`/v1/call${search}`)).toMatchObject({ query: search.slice(1), key: undefined })
})
