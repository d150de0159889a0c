import type { JsonObject } from '@jackfield/core'
import type { Protocol } from '../support/protocols.ts'
import type { Topic } from './probe.ts'

const png = 'iVBORw0KGgo='
const pdf = 'JVBERi0xLjQK'
const wav = 'UklGRg=='
const url = 'https://x.test/a'

/** The one message of the smallest request. */
const message: Readonly<Record<Protocol, string>> = {
  chat: 'messages.0',
  responses: 'input.0',
  anthropic: 'messages.0',
  gemini: 'contents.0',
}

const text = (said: string) => ({ type: 'text', text: said })
const turn = (role: string, content: string) => ({ role, content })
const again = turn('user', 'Why?')
const content = (role: string, ...parts: readonly JsonObject[]) => ({ role, parts })

export const roles: Topic = {
  title: 'Roles and instructions',
  concepts: [
    {
      title: 'Instructions',
      said: {
        chat: { messages: [turn('system', 'Be brief.'), turn('user', 'Hi')] },
        responses: { instructions: 'Be brief.' },
        anthropic: { system: 'Be brief.' },
        gemini: { systemInstruction: { parts: [{ text: 'Be brief.' }] } },
      },
    },
    {
      title: 'Instructions as developer',
      said: {
        chat: { messages: [turn('developer', 'Be brief.'), turn('user', 'Hi')] },
        responses: { input: [turn('developer', 'Be brief.'), turn('user', 'Hi')] },
      },
    },
    {
      title: 'Several instructions',
      said: {
        chat: { messages: [turn('system', 'One.'), turn('system', 'Two.'), turn('user', 'Hi')] },
        responses: { instructions: 'One.', input: [turn('system', 'Two.'), turn('user', 'Hi')] },
        anthropic: { system: [text('One.'), text('Two.')] },
        gemini: { systemInstruction: { parts: [{ text: 'One.' }, { text: 'Two.' }] } },
      },
    },
    {
      title: 'Instructions in mid conversation',
      said: {
        chat: {
          messages: [
            turn('user', 'Hi'),
            turn('assistant', 'Hello'),
            turn('system', 'Be brief.'),
            turn('user', 'Why?'),
          ],
        },
        responses: {
          input: [
            turn('user', 'Hi'),
            turn('assistant', 'Hello'),
            turn('system', 'Be brief.'),
            turn('user', 'Why?'),
          ],
        },
        anthropic: {
          messages: [
            turn('user', 'Hi'),
            turn('assistant', 'Hello'),
            turn('user', 'Why?'),
            turn('system', 'Be brief.'),
          ],
        },
      },
    },
    {
      title: 'Turns',
      said: {
        chat: { messages: [turn('user', 'Hi'), turn('assistant', 'Hello'), turn('user', 'Why?')] },
        responses: {
          input: [turn('user', 'Hi'), turn('assistant', 'Hello'), turn('user', 'Why?')],
        },
        anthropic: {
          messages: [turn('user', 'Hi'), turn('assistant', 'Hello'), turn('user', 'Why?')],
        },
        gemini: {
          contents: [
            content('user', { text: 'Hi' }),
            content('model', { text: 'Hello' }),
            content('user', { text: 'Why?' }),
          ],
        },
      },
    },
    {
      title: 'Neighbours of one role',
      said: {
        chat: { messages: [turn('user', 'Hi'), turn('user', 'Why?')] },
        responses: { input: [turn('user', 'Hi'), turn('user', 'Why?')] },
        anthropic: { messages: [turn('user', 'Hi'), turn('user', 'Why?')] },
        gemini: { contents: [content('user', { text: 'Hi' }), content('user', { text: 'Why?' })] },
      },
    },
    {
      title: 'A conversation that the model begins',
      said: {
        chat: { messages: [turn('assistant', 'Hello'), turn('user', 'Hi')] },
        responses: { input: [turn('assistant', 'Hello'), turn('user', 'Hi')] },
        anthropic: { messages: [turn('assistant', 'Hello'), turn('user', 'Hi')] },
        gemini: {
          contents: [content('model', { text: 'Hello' }), content('user', { text: 'Hi' })],
        },
      },
    },
    {
      title: 'An answer to go on with (prefill)',
      said: {
        chat: { messages: [turn('user', 'Hi'), turn('assistant', 'He ')] },
        responses: { input: [turn('user', 'Hi'), turn('assistant', 'He ')] },
        anthropic: { messages: [turn('user', 'Hi'), turn('assistant', 'He ')] },
        gemini: { contents: [content('user', { text: 'Hi' }), content('model', { text: 'He ' })] },
      },
    },
    {
      title: 'A name of the speaker',
      said: { chat: { messages: [{ role: 'user', content: 'Hi', name: 'ada' }] } },
    },
    {
      title: 'A refusal of an earlier turn',
      said: {
        chat: {
          messages: [
            turn('user', 'Hi'),
            { role: 'assistant', content: null, refusal: 'No.' },
            turn('user', 'Why?'),
          ],
        },
        responses: {
          input: [
            turn('user', 'Hi'),
            { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
            turn('user', 'Why?'),
          ],
        },
      },
    },
    {
      title: 'Members of a message that one protocol has alone',
      said: {
        chat: {
          messages: [turn('user', 'Hi'), { ...turn('assistant', 'Hello'), made_up: 1 }, again],
        },
        responses: {
          input: [
            turn('user', 'Hi'),
            { ...turn('assistant', 'Hello'), phase: 'commentary' },
            again,
          ],
        },
      },
    },
  ],
}

const parts = (list: readonly JsonObject[]) => ({ content: list })

export const contentParts: Topic = {
  title: 'Content parts',
  intro: 'In a message of the user.',
  place: message,
  concepts: [
    {
      title: 'Texts',
      said: {
        chat: parts([text('a'), text('b')]),
        responses: parts([
          { type: 'input_text', text: 'a' },
          { type: 'input_text', text: 'b' },
        ]),
        anthropic: parts([text('a'), text('b')]),
        gemini: { parts: [{ text: 'a' }, { text: 'b' }] },
      },
    },
    {
      title: 'An image, inline',
      said: {
        chat: parts([{ type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } }]),
        responses: parts([{ type: 'input_image', image_url: `data:image/png;base64,${png}` }]),
        anthropic: parts([
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
        ]),
        gemini: { parts: [{ inlineData: { mimeType: 'image/png', data: png } }] },
      },
    },
    {
      title: 'An image by URL',
      said: {
        chat: parts([{ type: 'image_url', image_url: { url: `${url}.png` } }]),
        responses: parts([{ type: 'input_image', image_url: `${url}.png` }]),
        anthropic: parts([{ type: 'image', source: { type: 'url', url: `${url}.png` } }]),
        gemini: { parts: [{ fileData: { mimeType: 'image/png', fileUri: `${url}.png` } }] },
      },
    },
    {
      title: 'An image by file id',
      said: {
        responses: parts([{ type: 'input_image', file_id: 'file-1' }]),
        anthropic: parts([{ type: 'image', source: { type: 'file', file_id: 'file_1' } }]),
      },
    },
    {
      title: 'How closely to look',
      said: {
        chat: parts([{ type: 'image_url', image_url: { url: `${url}.png`, detail: 'low' } }]),
        responses: parts([{ type: 'input_image', image_url: `${url}.png`, detail: 'low' }]),
        gemini: {
          parts: [
            {
              fileData: { mimeType: 'image/png', fileUri: `${url}.png` },
              mediaResolution: { level: 'MEDIA_RESOLUTION_LOW' },
            },
          ],
        },
      },
    },
    {
      title: 'A PDF, inline, with its name',
      said: {
        chat: parts([
          {
            type: 'file',
            file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${pdf}` },
          },
        ]),
        responses: parts([
          {
            type: 'input_file',
            filename: 'a.pdf',
            file_data: `data:application/pdf;base64,${pdf}`,
          },
        ]),
        anthropic: parts([
          {
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: pdf },
            title: 'a.pdf',
          },
        ]),
        gemini: {
          parts: [{ inlineData: { mimeType: 'application/pdf', data: pdf, displayName: 'a.pdf' } }],
        },
      },
    },
    {
      title: 'A PDF by URL',
      said: {
        responses: parts([{ type: 'input_file', file_url: `${url}.pdf` }]),
        anthropic: parts([{ type: 'document', source: { type: 'url', url: `${url}.pdf` } }]),
        gemini: { parts: [{ fileData: { mimeType: 'application/pdf', fileUri: `${url}.pdf` } }] },
      },
    },
    {
      title: 'A file of plain text, with its name',
      said: {
        anthropic: parts([
          {
            type: 'document',
            source: { type: 'text', media_type: 'text/plain', data: 'a' },
            title: 'a.txt',
          },
        ]),
        gemini: {
          parts: [{ inlineData: { mimeType: 'text/plain', data: 'YQ==', displayName: 'a.txt' } }],
        },
      },
    },
    {
      title: 'Sound',
      said: {
        chat: parts([{ type: 'input_audio', input_audio: { data: wav, format: 'wav' } }]),
        gemini: { parts: [{ inlineData: { mimeType: 'audio/wav', data: wav } }] },
      },
    },
    {
      title: 'A film',
      said: {
        chat: parts([{ type: 'video_url', video_url: { url: `${url}.mp4` } }]),
        gemini: { parts: [{ fileData: { mimeType: 'video/mp4', fileUri: `${url}.mp4` } }] },
      },
    },
    {
      title: 'Members of a part that one protocol has alone',
      said: {
        chat: parts([{ ...text('a'), made_up: 1 }]),
        responses: parts([{ type: 'input_text', text: 'a', made_up: 1 }]),
        anthropic: parts([
          {
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: pdf },
            citations: { enabled: true },
            context: 'x',
          },
        ]),
        gemini: {
          parts: [
            {
              fileData: { mimeType: 'image/png', fileUri: `${url}.png` },
              videoMetadata: { fps: 1 },
              mediaResolution: { level: 'MEDIA_RESOLUTION_MEDIUM' },
            },
          ],
        },
      },
    },
    {
      title: 'What one protocol has alone',
      said: {
        anthropic: parts([text('a'), { type: 'container_upload', file_id: 'file_1' }]),
        gemini: { parts: [{ text: 'a' }, { executableCode: { language: 'PYTHON', code: '1' } }] },
      },
    },
  ],
}
