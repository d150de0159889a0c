import { type ChatResponse, isGatewayError } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { decodeAnswer } from './page/outcomes.ts'
import { translationPage } from './page/page.ts'
import { smallestAnswers, withMembers } from './probes/smallest.ts'
import { answerTopics } from './probes/topics.ts'
import { answerEssence } from './round-trip/answer-essence.ts'
import { contextFor, dialects, type Protocol, pairs, titles } from './support/protocols.ts'
import { collect, streamed, throughStream } from './support/streams.ts'

it('is described by the page; run "npm run docs:translation" when this fails', async () => {
  await expect(translationPage()).toMatchFileSnapshot('../../../../docs/reference/translation.md')
})

describe('an answer as a stream comes to the same message', () => {
  const probes = answerTopics.flatMap(({ title, place, concepts }) =>
    concepts.flatMap(({ title: name, said }) =>
      pairs.flatMap(([from, to]) => {
        const words = said[from]
        if (words === undefined) return []
        const answer = decodeAnswer(
          from,
          withMembers(smallestAnswers[from], place?.[from] ?? '', words),
        )
        return [[`${title}: ${name}, ${titles[from]} to ${titles[to]}`, from, to, answer] as const]
      }),
    ),
  )

  it.each(probes)('%s', (_, from, to, answer) => {
    const parts = streamed(from, answer)

    expect(orCode(() => throughStream(to, parts))).toEqual(
      orCode(() => throughDocument(to, collect(parts))),
    )
  })
})

function throughDocument(to: Protocol, answer: ChatResponse): ChatResponse {
  const { chat } = dialects[to]
  return chat.decodeResponse(chat.encodeResponse(answer, contextFor(to, 'json')))
}

/** What an answer says. One that tells a failure is read as that failure. */
function orCode(answer: () => ChatResponse): unknown {
  try {
    return answerEssence(answer())
  } catch (error) {
    if (!isGatewayError(error)) throw error
    return error.code
  }
}
