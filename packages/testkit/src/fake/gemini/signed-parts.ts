import type { JsonObject } from '../strict/rule.ts'
import type { GeminiPart, GeminiStyle, GeminiTextPart } from './answer.ts'

/** A part of an answer as it stands on the wire. */
export interface SignedPart {
  /** The whole part; its signature is beside it. */
  readonly part: JsonObject
  readonly signature?: string
  /** The pieces in which a stream delivers the text of a text part. */
  readonly pieces?: readonly string[]
  /** The empty part that a stream sends after this text, with the signature instead of the text's own. */
  readonly end?: { readonly signature?: string }
}

/**
 * The parts of an answer with their signatures (Gemini, 4.4): the first of the function calls has one, each piece of code, server tool
 * and inline data, and the last text when nothing is called.
 */
export function signedParts(
  parts: readonly GeminiPart[],
  style: GeminiStyle,
): readonly SignedPart[] {
  const call = parts.findIndex((part) => 'functionCall' in part)
  const text = call < 0 ? parts.findLastIndex(isSaid) : -1
  let before = ''
  return parts.map((given, index) => {
    const { thoughtSignature, ...data } = given
    const part = isText(given) ? { ...data, text: piecesOf(given).join('') } : data
    const signs = index === call || index === text || alwaysSigned(given)
    const signature = thoughtSignature ?? (signs ? style.sign?.(part, before) : undefined)
    if (isSaid(given)) before += piecesOf(given).join('')
    const closes = index === parts.length - 1 || style.sign !== undefined
    const ends = index === text && closes && thoughtSignature === undefined
    return {
      part,
      ...(signature !== undefined && { signature }),
      ...(isText(given) && { pieces: piecesOf(given) }),
      ...(ends && { end: endOf(style, before) }),
    }
  })
}

function endOf(style: GeminiStyle, before: string): { readonly signature?: string } {
  return style.sign ? { signature: style.sign({ text: '' }, before) } : {}
}

function alwaysSigned(part: GeminiPart): boolean {
  return ['executableCode', 'toolCall', 'toolResponse', 'inlineData'].some((kind) => kind in part)
}

function isText(part: GeminiPart): part is GeminiTextPart {
  return 'text' in part
}

function isSaid(part: GeminiPart): part is GeminiTextPart {
  return isText(part) && part.thought !== true
}

function piecesOf({ text }: GeminiTextPart): readonly string[] {
  return typeof text === 'string' ? [text] : text
}
