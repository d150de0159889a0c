import type { Backend, BackendContext, Operation, TargetSource, Timeouts } from '@jackfield/core'
import { createHandling } from './handling.ts'
import { listModels, type ModelListing } from './models.ts'
import { createProbe } from './probe.ts'
import { Sender } from './sender.ts'
import type { Surface } from './surface.ts'

/** An HTTP backend as data. */
export interface HttpBackendDefinition {
  /** At least one. The first is the one that is asked for models and probed. */
  readonly surfaces: readonly Surface[]
  /** Name of the surface that other dialects are translated for. Default: the first that serves `chat`. */
  readonly translation?: string
  readonly targets: TargetSource
  /** Limits that replace the operator's defaults. */
  readonly timeouts?: Partial<Timeouts>
  /** URL of a forward proxy instead of the operator's; `direct`: none. */
  readonly proxy?: string
  readonly models?: ModelListing
  /**
   * Path below the first surface's base URL that answers a `GET` to a good credential, as cheaply as the provider allows. Default:
   * `/models`. `false`: nothing tells, so that probes say nothing against a target.
   */
  readonly probePath?: string | false
  /** The provider's name of a model as clients name it: takes a vendor prefix off, resolves an alias. Default: the same. */
  upstreamModel?(model: string): string
}

/**
 * Makes a backend that speaks to its provider over HTTP/1.1 on pooled connections. It reads no environment, sends nothing before it
 * is asked to, never retries, and never follows redirects. Throws `config_invalid`.
 */
export function httpBackend(definition: HttpBackendDefinition, context: BackendContext): Backend {
  const { surfaces, targets } = definition
  const sender = new Sender(definition, context)
  const { translation, upstreamModel } = definition
  return {
    operations: operationsOf(surfaces),
    targets,
    ...(definition.timeouts === undefined ? {} : { timeouts: definition.timeouts }),
    handling: createHandling({
      backend: context.name,
      surfaces,
      ...(translation === undefined ? {} : { translation }),
      ...(upstreamModel === undefined ? {} : { upstreamModel }),
    }),
    send: (request, attempt) => sender.send(request, attempt),
    models: (probe) => listModels(definition.models ?? {}, { sender, targets, context: probe }),
    probe: createProbe(sender, definition.probePath ?? '/models'),
    async dispose() {
      sender.close()
    },
  }
}

/** What is served, and `completions` wherever they can be translated to `chat`. */
function operationsOf(surfaces: readonly Surface[]): ReadonlySet<Operation> {
  const operations = new Set(surfaces.flatMap((surface) => surface.operations))
  if (operations.has('chat')) operations.add('completions')
  return operations
}
