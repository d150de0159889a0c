import { describe, expect, it } from 'vitest'
import { decodeWire, user } from '../support/requests.ts'

const parts = (content: unknown) =>
  decodeWire({ model: 'm', messages: [user(content)] }).messages[0]?.content

describe('content', () => {
  it('is a string or a list of parts', () => {
    const text = [{ type: 'text', text: 'hi' }]

    expect(parts('hi')).toEqual(text)
    expect(parts([{ type: 'text', text: 'hi' }])).toEqual(text)
    expect(parts(['hi'])).toEqual(text)
  })

  it('loses empty texts, null and what is missing', () => {
    expect(parts('')).toEqual([])
    expect(parts(null)).toEqual([])
    expect(parts(undefined)).toEqual([])
    expect(parts([{ type: 'text', text: '' }])).toEqual([])
  })

  it.each([
    ['an object with a URL', { url: 'https://x.test/a.png' }],
    ['a bare string', 'https://x.test/a.png'],
  ])('takes an image from %s', (_, image_url) => {
    expect(parts([{ type: 'image_url', image_url }])).toEqual([
      { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' } },
    ])
  })

  it.each([
    ['data:image/webp;base64,AAAA', 'image/webp', 'AAAA'],
    ['data:image/png;name=a.png;base64,AAAA', 'image/png', 'AAAA'],
    ['DATA:;base64,/9j/AAAA', 'image/jpeg', '/9j/AAAA'],
    ['data:;base64,iVBORw0KGgoA', 'image/png', 'iVBORw0KGgoA'],
    ['data:;base64,AAAA', 'image/png', 'AAAA'],
    ['data:image/svg+xml,%3Csvg%2F%3E', 'image/svg+xml', 'PHN2Zy8+'],
    ['data:text/plain,100%', 'text/plain', 'MTAwJQ=='],
  ])('reads the data URL %s', (url, mediaType, data) => {
    expect(parts([{ type: 'image_url', image_url: { url, detail: 'low' } }])).toEqual([
      { type: 'image', source: { kind: 'base64', mediaType, data }, detail: 'low' },
    ])
  })

  it('leaves a broken data URL to whoever fetches it', () => {
    expect(parts([{ type: 'image_url', image_url: 'data:nonsense' }])).toEqual([
      { type: 'image', source: { kind: 'url', url: 'data:nonsense' } },
    ])
  })

  it('reads audio, also as the bare string of Mistral', () => {
    expect(parts([{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } }])).toEqual([
      { type: 'audio', source: { kind: 'base64', mediaType: 'audio/mpeg', data: 'AAAA' } },
    ])
    expect(parts([{ type: 'input_audio', input_audio: 'https://x.test/a.mp3' }])).toEqual([
      { type: 'audio', source: { kind: 'url', url: 'https://x.test/a.mp3' } },
    ])
    expect(parts([{ type: 'input_audio', input_audio: 'AAAA' }])).toMatchObject([
      { source: { kind: 'base64', data: 'AAAA' } },
    ])
  })

  it('reads files by data, URL and id, and video', () => {
    const file = (members: Record<string, unknown>) => parts([{ type: 'file', file: members }])

    expect(file({ file_data: 'data:application/pdf;base64,JVBERi0=', filename: 'a.pdf' })).toEqual([
      {
        type: 'file',
        source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' },
        name: 'a.pdf',
      },
    ])
    expect(file({ file_data: 'JVBERi0=' })).toMatchObject([
      { source: { kind: 'base64', data: 'JVBERi0=' } },
    ])
    expect(file({ file_data: 'https://x.test/a.pdf' })).toMatchObject([{ source: { kind: 'url' } }])
    expect(file({ file_id: 'file-1' })).toEqual([
      { type: 'file', source: { kind: 'file-id', dialect: 'openai-chat', id: 'file-1' } },
    ])
    expect(parts([{ type: 'video_url', video_url: { url: 'https://x.test/a.mp4' } }])).toEqual([
      { type: 'video', source: { kind: 'url', url: 'https://x.test/a.mp4' } },
    ])
  })

  it('keeps unknown parts for this dialect only', () => {
    const part = { type: 'document_url', document_url: 'https://x.test' }

    expect(parts([part])).toEqual([{ type: 'provider', dialect: 'openai-chat', value: part }])
  })

  it('reads prompt-cache marks and keeps them as they were', () => {
    const mark = { type: 'ephemeral', ttl: '1h' }

    expect(parts([{ type: 'text', text: 'a', cache_control: mark }])).toEqual([
      {
        type: 'text',
        text: 'a',
        cache: { ttl: '1h' },
        extensions: { 'openai-chat': { cache_control: mark } },
      },
    ])
    expect(
      parts([{ type: 'text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit' } }]),
    ).toMatchObject([{ cache: {} }])
  })
})
