import type {
  CallParameters,
  ExplainedBranch,
  ExplainedPlace,
  Explanation,
  JsonObject,
  SkippedPlace,
  TargetHealth,
} from '@jackfield/core'
import { recovery, targetDocument } from './target-document.ts'

/** The document of `POST /v1/jackfield/explain`; its members always stand in this order. */
export function explanationDocument(explanation: Explanation): JsonObject {
  const { model, promptTokens, reply, error } = explanation
  return {
    operation: explanation.operation,
    dialect: explanation.dialect,
    ...(model === undefined ? {} : { model }),
    stream: explanation.stream,
    principal: explanation.principal,
    session: explanation.session,
    affinity_key: explanation.affinityKey,
    ...(promptTokens === undefined ? {} : { prompt_tokens: promptTokens }),
    decision: [...explanation.decision],
    warnings: [...explanation.warnings],
    branches: explanation.branches.map(branchDocument),
    skipped: explanation.skipped.map(skippedDocument),
    ...(reply === undefined ? {} : { reply }),
    ...(error === undefined
      ? {}
      : { error: { code: error.code, status: error.status, message: error.message } }),
  }
}

function branchDocument({ delayMs, places }: ExplainedBranch): JsonObject {
  return { delay_ms: delayMs, places: places.map(placeDocument) }
}

function placeDocument(place: ExplainedPlace): JsonObject {
  const { backend, target, model, way, surface } = place
  return {
    backend,
    ...(target === undefined ? {} : { target }),
    model,
    way,
    ...(surface === undefined ? {} : { surface }),
    overrides: parametersDocument(place.overrides),
    defaults: parametersDocument(place.defaults),
    targets: place.targets.map(targetWithModels),
  }
}

function targetWithModels(target: TargetHealth): JsonObject {
  const { models = [] } = target
  if (models.length === 0) return targetDocument(target)
  return {
    ...targetDocument(target),
    models: models.map(({ model, reason, recoversInMs }) => {
      return { model, reason, ...recovery(recoversInMs) }
    }),
  }
}

function skippedDocument({ backend, target, model, reason }: SkippedPlace): JsonObject {
  return { backend, ...(target === undefined ? {} : { target }), model, reason }
}

/** Parameters under the names that selectors have for them. */
function parametersDocument(parameters: CallParameters): JsonObject {
  const { temperature, topP, topK, reasoningEffort, verbosity, maxOutputTokens } = parameters
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(topK === undefined ? {} : { top_k: topK }),
    ...(reasoningEffort === undefined ? {} : { reasoning_effort: reasoningEffort }),
    ...(verbosity === undefined ? {} : { verbosity }),
    ...(maxOutputTokens === undefined ? {} : { max_output_tokens: maxOutputTokens }),
  }
}
