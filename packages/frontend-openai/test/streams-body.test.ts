import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { bytes, frontendApp } from './support/frontend-app.ts'

const multipart = 'multipart/form-data; boundary=x'
const named = { 'x-jackfield-backend': 'openai' }

async function post(url: string, headers: Readonly<Record<string, string>>, payload: Buffer) {
  const { app, inputs } = await frontendApp()
  await app.inject({ method: 'POST', url, headers, payload })
  return inputs[0]
}

const body = Buffer.from('--x\r\n')

it.each([
  ['multipart', { ...named, 'content-type': multipart }],
  ['binary', { ...named, 'content-type': 'audio/mpeg' }],
])('streams a %s body whose backend is named', async (_name, headers) => {
  const input = await post('/v1/audio/transcriptions', headers, body)

  expect(input?.body).not.toBeInstanceOf(Uint8Array)
  expect(input?.body).toHaveProperty('start')
})

it.each([
  ['multipart without a named backend', { 'content-type': multipart }],
  ['multipart with an empty name', { 'x-jackfield-backend': '', 'content-type': multipart }],
  ['JSON', { ...named, 'content-type': 'application/json; charset=utf-8' }],
  ['a kind of JSON', { ...named, 'content-type': 'application/vnd.api+json' }],
  ['untyped', named],
])('holds a %s body, in which the model is named', async (_name, headers) => {
  const input = await post('/v1/audio/transcriptions', headers, body)

  expect(bytes(input)).toEqual(body)
})

it('holds a compressed body, which has to be decoded', async () => {
  const headers = { ...named, 'content-type': multipart, 'content-encoding': 'gzip' }

  expect(bytes(await post('/v1/files', headers, gzipSync(body)))).toEqual(body)
})

it('never streams the body of a call that the gateway understands', async () => {
  const input = await post('/v1/chat/completions', { ...named, 'content-type': multipart }, body)

  expect(bytes(input)).toEqual(body)
})
