import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type MediaPart,
  type ProviderPart,
  type ReasoningPart,
  type TextPart,
} from '@jackfield/core'
import { sourceOfUrl } from '@jackfield/dialect-kit'
import { chatName } from '../names.ts'
import { thinkingText } from './reasoning-fields.ts'

type AnswerPiece = TextPart | ReasoningPart | MediaPart | ProviderPart

/** The content of an answer or delta that is a list of parts, as Mistral's may be. What is unknown is kept, not refused. */
export function readContentList(list: readonly JsonValue[]): AnswerPiece[] {
  return list.flatMap(readPiece)
}

function readPiece(value: JsonValue): AnswerPiece[] {
  if (typeof value === 'string') return value === '' ? [] : [{ type: 'text', text: value }]
  if (!isJsonObject(value)) return []
  const { type, text } = value
  if (type === 'thinking') {
    const thought = thinkingText(value)
    return thought === '' ? [] : [{ type: 'reasoning', form: 'raw', text: thought }]
  }
  if (type === 'text' && typeof text === 'string')
    return text === '' ? [] : [{ type: 'text', text }]
  return readImage(value) ?? [{ type: 'provider', dialect: chatName, value }]
}

/** Generated images, where OpenRouter puts them: `images: [{type: 'image_url', image_url: {url}}]`. */
export function readImages(value: JsonValue | undefined): MediaPart[] {
  if (!Array.isArray(value)) return []
  return value.filter(isJsonObject).flatMap((item) => readImage(item) ?? [])
}

function readImage(value: JsonObject): MediaPart[] | undefined {
  const holder = value['image_url']
  const url = isJsonObject(holder) ? holder['url'] : holder
  if (typeof url !== 'string') return undefined
  return [{ type: 'image', source: sourceOfUrl(url, 'image/png') }]
}
