import { digest } from '../openai/default-answer.ts'
import { type FrameStyle, sseFrame } from '../sse-frame.ts'
import type { JsonObject } from '../strict/rule.ts'
import { isObject } from '../strict/shape.ts'
import type { ResponsesAnswer, ResponsesStyle } from './answer.ts'
import { completeAnswer } from './complete-answer.ts'
import { finishedResponse, pendingResponse } from './document.ts'
import type { ResponsesEvent } from './event.ts'
import { itemEvents } from './item-events.ts'

/** How a provider streams; the defaults are what OpenAI does. */
export interface ResponsesStreamStyle extends ResponsesStyle {
  /** Sends no `obfuscation` even where the request does not forbid it. */
  readonly withoutObfuscation?: boolean
  /** Sends no `event:` lines. */
  readonly withoutEventNames?: boolean
  /** Sends no `sequence_number`. */
  readonly withoutSequenceNumbers?: boolean
  /** Sends `[DONE]` after the terminal event. */
  readonly done?: boolean
  /** A comment line before every event. */
  readonly comment?: string
  readonly frame?: Pick<FrameStyle, 'crlf' | 'tight'>
}

/** The events of a streamed answer, each with its blank line: one life cycle event or item event per frame (OpenAI Responses 2.6). */
export function responsesStream(
  answer: ResponsesAnswer,
  request: JsonObject,
  style: ResponsesStreamStyle = {},
): string[] {
  const complete = completeAnswer(answer, request, style)
  const running = (status: 'queued' | 'in_progress'): JsonObject =>
    pendingResponse(complete, request, status)
  const queued = request['background'] === true
  const begin = queued ? running('queued') : running('in_progress')
  const events: readonly ResponsesEvent[] = [
    { type: 'response.created', response: begin },
    ...(queued ? [{ type: 'response.queued', response: begin }] : []),
    { type: 'response.in_progress', response: running('in_progress') },
    ...complete.items.flatMap(itemEvents),
    { type: terminalOf(complete.status), response: finishedResponse(complete, request) },
  ]
  const obfuscated = obfuscates(request, style)
  const frames = events.map((event, number) =>
    responsesFrame(obfuscated ? withObfuscation(event) : event, number, style),
  )
  return style.done ? [...frames, framed('[DONE]', style)] : frames
}

/** One numbered event as it is sent. */
function responsesFrame(
  event: ResponsesEvent,
  sequence: number,
  style: ResponsesStreamStyle,
): string {
  const numbered = style.withoutSequenceNumbers ? event : { ...event, sequence_number: sequence }
  return framed(numbered, style, event.type)
}

function framed(data: unknown, style: ResponsesStreamStyle, name?: string): string {
  const end = style.frame?.crlf ? '\r\n' : '\n'
  const comment = style.comment === undefined ? '' : `: ${style.comment}${end}${end}`
  const event = name !== undefined && !style.withoutEventNames ? { event: name } : {}
  return comment + sseFrame(data, { ...style.frame, ...event })
}

function terminalOf(status: string): string {
  return status === 'failed' || status === 'incomplete'
    ? `response.${status}`
    : 'response.completed'
}

function obfuscates(request: JsonObject, style: ResponsesStreamStyle): boolean {
  const options = request['stream_options']
  const forbidden = isObject(options) && options['include_obfuscation'] === false
  return !forbidden && !style.withoutObfuscation
}

/** Deltas come to a multiple of 16 characters, so that their length says little. */
function withObfuscation(event: ResponsesEvent): ResponsesEvent {
  const { delta } = event
  if (!event.type.endsWith('.delta') || typeof delta !== 'string') return event
  return {
    ...event,
    obfuscation: digest(delta)
      .repeat(2)
      .slice(0, 16 - (delta.length % 16)),
  }
}
