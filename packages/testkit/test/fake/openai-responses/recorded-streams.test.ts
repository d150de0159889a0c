import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ResponsesItem } from '../../../src/fake/openai-responses/answer.ts'
import { responsesStream } from '../../../src/fake/openai-responses/stream.ts'
import type { Json } from './asking.ts'
import { typed } from './typed.ts'

const folder = new URL('../../fixtures/openai-responses/', import.meta.url)
const streams = readdirSync(folder)
  .filter((file) => /^(openai|bedrock).*-stream/.test(file) && !file.includes('error'))
  .map((file) => {
    const recording = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
    return { name: file.replace('.json', ''), ...recording } as {
      readonly name: string
      readonly request: Json
      readonly responseBody: string
    }
  })

/** A finished item of a recording as something for the fake to say; it has one delta where the provider had several. */
function itemOf(item: Json): ResponsesItem {
  const text = (member: unknown): string =>
    (member as { text: string }[]).map((part) => part.text).join('')
  switch (item['type']) {
    case 'message': {
      const [part] = item['content'] as { annotations: Json[] }[]
      const annotations = part?.annotations ?? []
      return { type: 'message', id: String(item['id']), text: text(item['content']), annotations }
    }
    case 'reasoning':
      return {
        type: 'reasoning',
        id: String(item['id']),
        summary: (item['summary'] as { text: string }[]).map((part) => part.text),
      }
    case 'function_call':
      return {
        type: 'function_call',
        id: String(item['id']),
        name: String(item['name']),
        arguments: String(item['arguments']),
      }
    default:
      return { type: 'raw', item }
  }
}

/** Event types with their items, deltas and what they stand among taken for one. */
function outline(events: readonly Json[]): readonly string[] {
  const lines = events.map((event) => {
    const item = event['item'] as Json | undefined
    const id = event['item_id'] ?? item?.['id'] ?? ''
    return `${event['type']} ${id}`.trim()
  })
  return lines.filter((line, index) => line !== lines[index - 1])
}

/** The events of a recording, and those that the fake sends for the items in it. */
function both({ request, responseBody }: (typeof streams)[number]) {
  const recorded = typed(responseBody)
  const { output = [] } = (recorded.at(-1)?.['response'] ?? {}) as { output?: Json[] }
  const made = typed(responsesStream({ items: output.map(itemOf) }, request).join(''))
  return { recorded, made }
}

function membersOf(events: readonly Json[], type: unknown): readonly string[] {
  const same = events.filter((event) => event['type'] === type)
  return [...new Set(same.flatMap((event) => Object.keys(event)))]
}

describe('a recorded stream', () => {
  it('is one of several', () => {
    expect(streams.length).toBeGreaterThan(8)
  })

  it.each(streams)('has the events that the fake sends for the same items: $name', (recording) => {
    const { recorded, made } = both(recording)

    expect(outline(made)).toEqual(outline(recorded))
  })

  it.each(streams)('has no member that the fake does not know: $name', (recording) => {
    const { recorded, made } = both(recording)

    for (const { type } of made) {
      // Early recordings lack members that came later.
      expect(membersOf(made, type), String(type)).toEqual(
        expect.arrayContaining([...membersOf(recorded, type)]),
      )
    }
  })
})
