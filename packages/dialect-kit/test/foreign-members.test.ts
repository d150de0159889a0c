import type { ChatRequest, Message, UserPart } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { foreignMembers } from '../src/index.ts'

const plain: ChatRequest = { model: 'm', stream: false, includeUsage: false, messages: [] }

const names = (changes: Partial<ChatRequest>, own: string) => [
  ...foreignMembers({ ...plain, ...changes }, own),
]

describe('members that only the client’s dialect knows', () => {
  it('are named, for every other dialect', () => {
    const extensions = { a: { made_up: 1, options: { x: 1 } }, b: { other: true } }

    expect(names({ extensions }, 'a')).toEqual(['other'])
    expect(names({ extensions }, 'b')).toEqual(['made_up', 'options'])
    expect(names({}, 'a')).toEqual([])
  })

  it('have the names inside where they are configuration', () => {
    const extensions = { a: { generationConfig: { mediaResolution: 'X', speechConfig: {} } } }

    expect(names({ extensions }, 'b')).toEqual(['mediaResolution', 'speechConfig'])
  })

  it('are refused where they stand for a part of the conversation', () => {
    const extensions = { a: { cachedContent: 'cachedContents/1' } }

    expect(names({ extensions }, 'a')).toEqual([])
    expect(() => names({ extensions }, 'b')).toThrow('Send the whole conversation.')
  })

  it('are not those that only repeat in their own words what is understood', () => {
    const include = ['reasoning.encrypted_content', 'message.output_text.logprobs']
    const of = (members: NonNullable<ChatRequest['extensions']>[string]) =>
      names({ extensions: { a: members } }, 'b')

    expect(of({ include, reasoning: { summary: 'concise' } })).toEqual([])
    expect(of({ include: [...include, 'other'] })).toEqual(['include'])
    expect(of({ reasoning: { summary: 'x', mode: 'y' } })).toEqual(['reasoning'])
  })
})

describe('members of messages, parts and tools that only the client’s dialect knows', () => {
  const said = (part: UserPart): Partial<ChatRequest> => ({
    messages: [{ role: 'user', content: [part] }],
  })
  const answered = (part: Extract<Message, { role: 'assistant' }>['content'][number]) => ({
    messages: [{ role: 'assistant', content: [part] } as const],
  })
  const text = { type: 'text', text: 'a' } as const
  const film = { type: 'video', source: { kind: 'url', url: 'https://x.test/a.mp4' } } as const

  it('are named once each, and not for their own dialect', () => {
    const part = { ...text, extensions: { a: { phase: 'commentary' } } }
    const request: Partial<ChatRequest> = {
      extensions: { a: { top: 1 } },
      tools: [{ type: 'function', name: 'f', extensions: { a: { defer_loading: true } } }],
      messages: [
        { role: 'user', content: [part], extensions: { a: { prefix: true } } },
        { role: 'user', content: [part] },
      ],
    }

    expect(names(request, 'b')).toEqual(['top', 'defer_loading', 'prefix', 'phase'])
    expect(names(request, 'a')).toEqual([])
  })

  it('are found inside results, too', () => {
    const inner = { ...text, extensions: { a: { inside: 1 } } }
    const result = { type: 'tool-result', callId: 'c', kind: 'function', content: [inner] } as const

    expect(names({ messages: [{ role: 'tool', content: [result] }] }, 'b')).toEqual(['inside'])
  })

  it('have the names inside the objects that hold them', () => {
    const tool = {
      type: 'function',
      name: 'f',
      extensions: { a: { function: { behavior: 'x' } } },
    } as const

    expect(names({ tools: [tool] }, 'b')).toEqual(['behavior'])
    expect(
      names(
        said({
          ...film,
          extensions: { a: { fileData: { etag: 'x' }, videoMetadata: { fps: 1 } } },
        }),
        'b',
      ),
    ).toEqual(['etag', 'videoMetadata'])
  })

  it('are the types of blocks that stand among instructions', () => {
    const content = [text, { type: 'tools_changed' }]
    const message = { role: 'system', content: [text], extensions: { a: { content } } } as const

    expect(names({ messages: [message] }, 'b')).toEqual(['tools_changed'])
  })

  it('are not marks for the prompt cache, which have a name of their own', () => {
    const cache_control = { type: 'ephemeral', scope: 'x' }

    expect(names(said({ ...text, cache: {}, extensions: { a: { cache_control } } }), 'b')).toEqual(
      [],
    )
  })

  it('are not those that say what the canonical part says, or nothing', () => {
    const mediaResolution = { level: 'MEDIA_RESOLUTION_LOW' }
    const extensions = { a: { mediaResolution } }

    expect(names(said({ ...film, detail: 'low', extensions }), 'b')).toEqual([])
    expect(names(said({ ...film, extensions }), 'b')).toEqual(['mediaResolution'])
    expect(names(said({ ...text, extensions: { a: { labels: [], more: {} } } }), 'b')).toEqual([])
  })

  it('are not what a provider remarked on its own answer', () => {
    const call = {
      type: 'tool-call',
      callId: 'c',
      name: 'f',
      kind: 'function',
      arguments: '',
    } as const

    expect(names(answered({ ...text, extensions: { a: { logprobs: [1] } } }), 'b')).toEqual([])
    expect(
      names(answered({ ...call, extensions: { a: { caller: { type: 'direct' } } } }), 'b'),
    ).toEqual([])
  })

  it('are not those of parts that stay with their provider as a whole', () => {
    const extensions = { a: { member: 1 } }
    const thought = { type: 'reasoning', form: 'raw', text: 'x', extensions } as const
    const picture = { ...film, type: 'image', extensions } as const
    const own = { type: 'provider', dialect: 'a', value: { type: 'x' }, extensions } as const

    for (const part of [thought, picture, own]) expect(names(answered(part), 'b')).toEqual([])
    expect(names(said({ ...film, extensions }), 'b')).toEqual(['member'])
  })
})
