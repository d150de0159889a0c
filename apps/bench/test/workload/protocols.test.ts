import { describe, expect, it } from 'vitest'
import { frameCount } from '../../src/workload/answer.ts'
import { essenceDigest } from '../../src/workload/essence-digest.ts'
import { anthropicClient, anthropicUpstream } from '../../src/workload/protocols/anthropic.ts'
import { chatClient, chatUpstream } from '../../src/workload/protocols/chat.ts'
import type { ClientProtocol } from '../../src/workload/protocols/protocol.ts'
import { responsesClient } from '../../src/workload/protocols/responses.ts'
import { requestBody } from '../../src/workload/request-body.ts'

const clients = [chatClient, anthropicClient, responsesClient]
const conversation = {
  system: 'S',
  tools: [{ name: 'f', description: 'd', parameters: { type: 'object' } }],
  turns: [
    { ask: 'a', callId: 'call_1', tool: 'f', input: { path: '/p' }, result: 'r', reply: 'b' },
  ],
  question: 'q',
}

function digest(client: ClientProtocol, changed: Partial<typeof conversation> = {}): string {
  return essenceDigest(client.essence(client.document({ ...conversation, ...changed }, true)))
}

describe('each protocol', () => {
  it('writes a request of exactly the wanted size', () => {
    for (const client of clients) {
      for (const bytes of [200, 400, 10_000, 200_000]) {
        const model = 'bench-unary'
        const body = requestBody({ client, bytes, model, stream: false, modelAt: 'head' })

        expect(body.length).toBe(bytes)
        expect(JSON.parse(body.toString()).model).toBe(model)
      }
    }
  })

  it('says the same in its own words', () => {
    expect(new Set(clients.map((client) => digest(client))).size).toBe(1)
  })

  it('shows when anything of it is lost or changed', () => {
    const [turn] = conversation.turns
    const changes: Partial<typeof conversation>[] = [
      { system: 'T' },
      { question: 'p' },
      { tools: [] },
      { turns: [] },
      ...(['ask', 'callId', 'tool', 'result', 'reply'] as const).map((name) => ({
        turns: turn === undefined ? [] : [{ ...turn, [name]: 'x' }],
      })),
    ]

    for (const client of clients) {
      const digests = changes.map((changed) => digest(client, changed))
      expect(new Set([digest(client), ...digests]).size).toBe(changes.length + 1)
    }
  })
})

it('answers in each upstream’s protocol with the same texts and as many frames', () => {
  for (const upstream of [chatUpstream, anthropicUpstream]) {
    const frames = upstream.frames(20).map(String)

    expect(frames).toHaveLength(frameCount(20))
    expect(new Set(frames).size).toBe(frames.length)
    expect(frames[20]).toContain(' token 000019\\n')
  }
})
