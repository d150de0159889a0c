import { type Gateway, GatewayError, type JsonObject } from '@jackfield/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { callerOf } from './caller.ts'
import { type ModelsShape, openAIModel, openAIModels } from './models-shape.ts'

/** A request about models, and who is to answer it. */
export interface ModelsQuestion {
  readonly core: Gateway
  readonly request: FastifyRequest
  readonly shape: ModelsShape
  /** The one that it is about; absent: all. */
  readonly id?: string
}

/** Answers with the models that the caller may use, or with one of them. Rejects with `model_not_found`. */
export async function answerModels(
  reply: FastifyReply,
  { core, request, shape, id }: ModelsQuestion,
): Promise<FastifyReply> {
  const caller = callerOf(request)
  const models = await core.models(core.authenticate(caller.headers))
  if (id === undefined) return sendJson(reply, shape.list?.(models, caller) ?? openAIModels(models))
  const model = models.find((candidate) => candidate.id === id)
  if (model === undefined) {
    throw new GatewayError('model_not_found', `The model ${JSON.stringify(id)} does not exist.`)
  }
  return sendJson(reply, shape.one?.(model) ?? openAIModel(model))
}

/** Sends bytes, so that the host's own serialisers have no part in it. */
export function sendJson(reply: FastifyReply, document: JsonObject): FastifyReply {
  reply.header('content-type', 'application/json; charset=utf-8')
  return reply.send(Buffer.from(JSON.stringify(document)))
}
