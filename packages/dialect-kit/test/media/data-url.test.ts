import { describe, expect, it } from 'vitest'
import {
  audioFormatOf,
  dataUrl,
  mediaTypeOfAudio,
  parseDataUrl,
  sniffMediaType,
  sourceOfUrl,
} from '../../src/index.ts'

describe('data URLs', () => {
  it.each([
    ['data:image/png;base64,AAAA', { mediaType: 'image/png', data: 'AAAA' }],
    ['DATA:text/plain;charset=utf-8;BASE64,AAAA', { mediaType: 'text/plain', data: 'AAAA' }],
    ['data:,a%20b', { data: 'YSBi' }],
    ['data:text/plain,%zz', { mediaType: 'text/plain', data: 'JXp6' }],
    ['data:nothing', undefined],
    ['https://x.test/data:,', undefined],
  ])('%s', (url, expected) => {
    expect(parseDataUrl(url)).toEqual(expected)
  })

  it('give their bytes a type: their own, the one of their first bytes, or the one that fits best', () => {
    expect(sourceOfUrl('data:image/x;base64,iVBORw0KGgo', 'image/jpeg')).toMatchObject({
      mediaType: 'image/x',
    })
    expect(sourceOfUrl('data:;base64,iVBORw0KGgo', 'image/jpeg')).toMatchObject({
      mediaType: 'image/png',
    })
    expect(sourceOfUrl('data:;base64,AAAA', 'image/jpeg')).toMatchObject({
      mediaType: 'image/jpeg',
    })
    expect(sourceOfUrl('https://x.test', 'image/jpeg')).toEqual({
      kind: 'url',
      url: 'https://x.test',
    })
  })

  it('are written as they are read', () => {
    expect(parseDataUrl(dataUrl('a/b', 'AAAA'))).toEqual({ mediaType: 'a/b', data: 'AAAA' })
  })
})

it('types of media have names', () => {
  expect([sniffMediaType('/9j/x'), sniffMediaType('JVBERi0'), sniffMediaType('??')]).toEqual([
    'image/jpeg',
    'application/pdf',
    undefined,
  ])
  expect([mediaTypeOfAudio('mp3'), mediaTypeOfAudio('flac')]).toEqual(['audio/mpeg', 'audio/flac'])
  expect([audioFormatOf('audio/mpeg'), audioFormatOf('audio/flac')]).toEqual(['mp3', 'flac'])
})
