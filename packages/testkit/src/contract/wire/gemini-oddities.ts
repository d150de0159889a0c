import type { GeminiStyle } from '../../fake/gemini/answer.ts'
import { geminiSse } from '../../fake/gemini/frames.ts'
import { geminiChunks, geminiResponse } from '../../fake/gemini/response.ts'
import { geminiAnswerOf } from './gemini-wire-answer.ts'
import { type Oddity, oddAnswer } from './provider-wire.ts'

type Wire = Record<string, unknown>

const answer = geminiAnswerOf(oddAnswer)
const response: Wire = geminiResponse(answer)
const plain: readonly Wire[] = geminiChunks(answer)

/** What Gemini and servers that speak its protocol have been seen to do (protocol reference 4.5, 4.6 and 8.5). */
export const geminiOddities: readonly Oddity[] = [
  {
    id: 'unknown-finish-reason',
    title: 'names a finish reason that nobody knows',
    frames: geminiSse(geminiChunks({ ...answer, finishReason: 'SUNSET' })),
    body: JSON.stringify(geminiResponse({ ...answer, finishReason: 'SUNSET' })),
  },
  {
    id: 'unknown-members',
    title: 'adds members that nobody knows',
    frames: eachChunk((chunk) => ({ ...chunk, x_weather: { sky: ['blue', null, 1e3] } })),
    body: JSON.stringify({ ...response, x_weather: { sky: ['blue', null, 1e3] } }),
  },
  {
    id: 'unknown-part',
    title: 'answers with a part of a kind that nobody knows besides',
    frames: geminiSse([{ candidates: [candidateWith({ weatherReport: {} })] }, ...plain]),
    body: JSON.stringify(withFirstPart({ weatherReport: {} })),
  },
  {
    id: 'empty-part',
    title: 'sends a text part without text',
    frames: geminiSse([{ candidates: [candidateWith({ text: '' })] }, ...plain]),
    body: JSON.stringify(withFirstPart({ text: '' })),
  },
  {
    id: 'no-parts',
    title: 'sends a chunk whose content has no parts',
    frames: geminiSse([{ candidates: [{ content: { role: 'model' } }] }, ...plain]),
  },
  {
    id: 'no-candidates',
    title: 'sends a chunk without candidates',
    frames: geminiSse([{ usageMetadata: { trafficType: 'ON_DEMAND' } }, ...plain]),
  },
  {
    id: 'no-head',
    title: 'leaves out id and model',
    frames: eachChunk(({ responseId: _, modelVersion: __, ...chunk }) => chunk),
    body: JSON.stringify(withoutHead(response)),
  },
  {
    id: 'null-members',
    title: 'writes null where a member could be left out',
    frames: eachChunk((chunk) => ({ ...chunk, promptFeedback: null, modelStatus: null })),
    body: JSON.stringify({ ...response, promptFeedback: null, modelStatus: null }),
  },
  styled('no-index', 'numbers no candidates', { withoutIndex: true }),
  styled('usage-in-last-chunk', 'tells the usage at the end', { usage: 'last-chunk' }),
  styled('no-usage', 'tells no usage', { usage: 'absent' }),
  {
    id: 'own-finish-chunk',
    title: 'ends with a chunk without content',
    frames: geminiSse([
      ...geminiChunks(answer, { withoutFinish: true }),
      { candidates: [{ finishReason: 'STOP', index: 0 }] },
    ]),
  },
]

/** Some styles are about streams only. */
function styled(id: string, title: string, style: GeminiStyle): Oddity {
  const body = JSON.stringify(geminiResponse(answer, style))
  return {
    id,
    title,
    frames: geminiSse(geminiChunks(answer, style)),
    ...(body === JSON.stringify(response) ? {} : { body }),
  }
}

/** The plain stream with its chunks changed. */
function eachChunk(change: (chunk: Wire) => Wire): readonly string[] {
  return geminiSse(plain.map(change))
}

function candidateWith(part: Wire): Wire {
  return { content: { parts: [part], role: 'model' }, index: 0 }
}

/** The whole answer with a part before all others. */
function withFirstPart(part: Wire): Wire {
  const { text } = oddAnswer
  const parts = [part, { text: typeof text === 'string' ? text : text?.join('') }]
  return {
    ...response,
    candidates: [{ content: { parts, role: 'model' }, finishReason: 'STOP', index: 0 }],
  }
}

function withoutHead({ responseId: _, modelVersion: __, ...rest }: Wire): Wire {
  return rest
}
