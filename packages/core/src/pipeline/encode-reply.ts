import { encodeContext } from '../attempt/start-attempt.ts'
import type { ChatResponse } from '../chat/response.ts'
import { responseParts } from '../chat/response-parts.ts'
import type { EncodeContext } from '../dialect.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { CallState } from './call-state.ts'
import { isGeneration } from './generation.ts'
import type { HandlerEnvironment } from './handler-environment.ts'
import type { StageReply } from './stage.ts'

/** The answer that a stage gives instead of a backend: in the client's dialect, streamed when asked. No model was asked. */
export function encodeReply(
  call: CallState,
  reply: StageReply,
  environment: HandlerEnvironment,
): Uint8Array {
  const { operation, head, input } = call
  if (!isGeneration(operation)) {
    throw new GatewayError('internal', `A stage answered a call of the operation "${operation}".`)
  }
  const codec = input.dialect.chat
  const context = replyContext(call, environment)
  const response: ChatResponse = {
    content: reply.content,
    finish: { reason: 'stop' },
    usage: { inputTokens: 0, outputTokens: 0 },
  }
  return head.stream
    ? codec.streamEncoder(context).push([...responseParts(response)])
    : codec.encodeResponse(response, context)
}

/** The context of an answer that can be named later: it then means what the call continued, for no model has seen it. */
function replyContext(call: CallState, environment: HandlerEnvironment): EncodeContext {
  const context = encodeContext(environment, call)
  const { bytes, head, sentHead, principal } = call
  const { storage } = call.input.dialect
  if (storage === undefined || bytes === undefined || !storage.isWanted(bytes, head)) return context
  return {
    ...context,
    keep(document) {
      const { id } = document
      if (typeof id !== 'string') return
      environment.answers.keepReply(principal.id, id, {
        record: storage.record(bytes, head, document),
        identity: call.identity,
        ...(sentHead.continues === undefined ? {} : { continues: sentHead.continues }),
      })
    },
  }
}
