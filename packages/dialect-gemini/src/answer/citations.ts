import {
  type Citation,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type SourcePart,
} from '@jackfield/core'
import { geminiName } from '../names.ts'
import type { TextOffsets } from './text-offsets.ts'

/** What a candidate says of where its text comes from. */
export function decodeSources(candidate: JsonObject, texts: TextOffsets): SourcePart[] {
  return [
    ...groundingSources(candidate['groundingMetadata'], texts),
    ...citationSources(candidate['citationMetadata'], texts),
  ]
}

function groundingSources(value: JsonValue | undefined, texts: TextOffsets): SourcePart[] {
  if (!isJsonObject(value)) return []
  const chunks = Array.isArray(value['groundingChunks']) ? value['groundingChunks'] : []
  return objectsIn(value['groundingSupports']).flatMap((support) => {
    const { segment, groundingChunkIndices: indices } = support
    const place = isJsonObject(segment) ? segment : {}
    return (Array.isArray(indices) ? indices : []).flatMap((index) => {
      const chunk = typeof index === 'number' ? chunks[index] : undefined
      return isJsonObject(chunk) ? [groundingSource(chunk, place, texts)] : []
    })
  })
}

function groundingSource(chunk: JsonObject, segment: JsonObject, texts: TextOffsets): SourcePart {
  const holder = ['web', 'retrievedContext', 'maps', 'image'].map((name) => chunk[name])
  const source = holder.find(isJsonObject) ?? {}
  const { text } = segment
  return placed(segment, texts, {
    ...urlOf(source['uri'] ?? source['sourceUri']),
    ...titleOf(source['title']),
    ...(typeof text === 'string' && text !== '' ? { quote: text } : {}),
    raw: { dialect: geminiName, value: { groundingChunk: chunk } },
  })
}

/** Sources of text that was recited: `citationSources`, which Vertex calls `citations`. */
function citationSources(value: JsonValue | undefined, texts: TextOffsets): SourcePart[] {
  if (!isJsonObject(value)) return []
  return objectsIn(value['citationSources'] ?? value['citations']).map((source) =>
    placed(source, texts, {
      ...urlOf(source['uri']),
      ...titleOf(source['title']),
      raw: { dialect: geminiName, value: { citationSource: source } },
    }),
  )
}

function urlOf(value: JsonValue | undefined): Citation {
  return typeof value === 'string' && value !== '' ? { url: value } : {}
}

function titleOf(value: JsonValue | undefined): Citation {
  return typeof value === 'string' && value !== '' ? { title: value } : {}
}

function objectsIn(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

/** A missing start is the start of the text; a missing end means that the place is not known. */
function placed(segment: JsonObject, texts: TextOffsets, citation: Citation): SourcePart {
  const { startIndex = 0, endIndex } = segment
  if (typeof startIndex !== 'number' || typeof endIndex !== 'number') {
    return { type: 'source', citation }
  }
  const place = texts.placeAt(startIndex)
  if (place === undefined) return { type: 'source', citation }
  const { id, offset: start } = place
  return { type: 'source', id, citation: { ...citation, start, end: texts.offsetIn(id, endIndex) } }
}

/** A citation and the text block that it belongs to. */
export interface PlacedCitation {
  readonly id: string | undefined
  readonly citation: Citation
}

/** `groundingMetadata` and `citationMetadata` of citations; empty where there is none to show. */
export function encodeSources(sources: readonly PlacedCitation[], texts: TextOffsets): JsonObject {
  const grounding = new Grounding(texts)
  const recited: JsonObject[] = []
  for (const source of sources) {
    const own = ownCitation(source.citation)
    if (own === undefined) grounding.add(source)
    else recited.push({ ...own, ...rangeOf(source, texts) })
  }
  const metadata = grounding.metadata()
  return {
    ...(metadata === undefined ? {} : { groundingMetadata: metadata }),
    ...(recited.length === 0 ? {} : { citationMetadata: { citationSources: recited } }),
  }
}

function rawOf({ raw }: Citation): JsonObject {
  return raw?.dialect === geminiName && isJsonObject(raw.value) ? raw.value : {}
}

function ownCitation(citation: Citation): JsonObject | undefined {
  const { citationSource } = rawOf(citation)
  return isJsonObject(citationSource) ? citationSource : undefined
}

function rangeOf({ id, citation }: PlacedCitation, texts: TextOffsets): JsonObject {
  const { start, end } = citation
  if (start === undefined || end === undefined) return {}
  return { startIndex: texts.bytesAt(id, start), endIndex: texts.bytesAt(id, end) }
}

interface Support {
  readonly segment: JsonObject
  readonly indices: number[]
}

/** Sources once each, and which of them support which piece of the text. */
class Grounding {
  readonly #texts: TextOffsets
  readonly #chunks = new Map<string, { readonly index: number; readonly chunk: JsonObject }>()
  readonly #supports = new Map<string, Support>()

  constructor(texts: TextOffsets) {
    this.#texts = texts
  }

  add(source: PlacedCitation): void {
    const chunk = chunkOf(source.citation)
    if (chunk === undefined) return
    const index = this.#indexOf(chunk)
    const { quote } = source.citation
    const range = rangeOf(source, this.#texts)
    const segment = { ...range, ...(quote === undefined ? {} : { text: quote }) }
    if (range['endIndex'] === undefined) return
    const key = JSON.stringify(segment)
    const support: Support = this.#supports.get(key) ?? { segment, indices: [] }
    if (!support.indices.includes(index)) support.indices.push(index)
    this.#supports.set(key, support)
  }

  metadata(): JsonObject | undefined {
    if (this.#chunks.size === 0) return undefined
    const supports = [...this.#supports.values()].map(({ segment, indices }) => ({
      segment,
      groundingChunkIndices: indices,
    }))
    return {
      groundingChunks: [...this.#chunks.values()].map(({ chunk }) => chunk),
      ...(supports.length === 0 ? {} : { groundingSupports: supports }),
    }
  }

  #indexOf(chunk: JsonObject): number {
    const key = JSON.stringify(chunk)
    const known = this.#chunks.get(key)
    if (known !== undefined) return known.index
    const index = this.#chunks.size
    this.#chunks.set(key, { index, chunk })
    return index
  }
}

/** A source that has no address cannot be shown, unless it came as this protocol's own. */
function chunkOf(citation: Citation): JsonObject | undefined {
  const { groundingChunk } = rawOf(citation)
  if (isJsonObject(groundingChunk)) return groundingChunk
  const { url, title } = citation
  return url === undefined ? undefined : { web: { uri: url, title: title ?? url } }
}
