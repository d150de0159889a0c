import type { Gateway } from '@jackfield/core'
import type { ErrorEncoder } from './answer-error.ts'
import type { SinkContext } from './answer-sink.ts'
import type { DryRuns } from './dry-runs.ts'
import type { HostSettings } from './host-settings.ts'
import { type ModelsShapes, sharedRequest } from './models-shapes.ts'
import type { MountedRoutes } from './mounted-routes.ts'
import type { OpenAnswers } from './open-answers.ts'
import { chosenForm, type ErrorShape, pathForm } from './plain-error.ts'

/** The parts that `app.gateway` is made of. */
export interface HostParts {
  readonly core: Gateway
  readonly settings: HostSettings
  readonly shapes: ModelsShapes
  readonly open: OpenAnswers
  readonly sink: SinkContext
  readonly mounted: MountedRoutes
  readonly dryRuns: DryRuns
  /** Encodes errors on shared and unknown paths for whoever seems to ask. */
  readonly encodeShared: ErrorEncoder
}

/** Encodes errors in the protocol that the client seems to speak and in the form of the path. */
export function sharedErrorEncoder(shapes: ModelsShapes, shape: ErrorShape): ErrorEncoder {
  return (error, request) => {
    const shared = sharedRequest(request)
    return shapes
      .choose(shared)
      .dialect.encodeError(error, chosenForm(pathForm(shared.path), shape))
  }
}
