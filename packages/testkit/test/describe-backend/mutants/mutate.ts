import type {
  AttemptContext,
  Backend,
  BackendContext,
  BackendPlugin,
  BodyReceiver,
  BodySource,
  Dialect,
  StreamPart,
  WireRequest,
  WireResponse,
  WireResult,
} from '@jackfield/core'
import { openaiChat } from '@jackfield/dialect-openai'
import { TinyBackend, type TinyOptions } from '../tiny/backend.ts'
import tiny from '../tiny/plugin.ts'

/** One planted defect, and the checks that must find it: these and no others. */
export interface Mutant {
  readonly defect: string
  readonly plugin: BackendPlugin<TinyOptions>
  /** Ids without their lanes. */
  readonly caughtBy: readonly string[]
}

/** The good plugin with other properties. */
export function withPlugin(
  defect: string,
  change: Partial<BackendPlugin<TinyOptions>>,
  caughtBy: readonly string[],
): Mutant {
  return { defect, plugin: { ...tiny, ...change }, caughtBy }
}

type Change = (
  backend: Backend,
  parts: { readonly options: TinyOptions; readonly context: BackendContext },
) => Partial<Backend> | object

/** The good backend with other members. */
export function withBackend(defect: string, change: Change, caughtBy: readonly string[]): Mutant {
  const create: BackendPlugin<TinyOptions>['create'] = (options, context) => {
    const backend = new TinyBackend(options, context)
    return { ...membersOf(backend), ...change(backend, { options, context }) }
  }
  return withPlugin(defect, { create }, caughtBy)
}

/** The good backend that does something to each request before it is sent. */
export function withRequests(
  defect: string,
  change: (request: WireRequest, context: AttemptContext) => WireRequest,
  caughtBy: readonly string[],
): Mutant {
  return withSend(
    defect,
    (send) => (request, context) => send(change(request, context), context),
    caughtBy,
  )
}

/** The good backend that does something to each result. */
export function withResults(
  defect: string,
  change: (result: WireResult, request: WireRequest, context: AttemptContext) => WireResult,
  caughtBy: readonly string[],
): Mutant {
  return withSend(
    defect,
    (send) => async (request, context) => change(await send(request, context), request, context),
    caughtBy,
  )
}

/** The good backend that does something to the body of each good answer that is a stream, or not. */
export function withBodies(
  defect: string,
  change: (body: BodySource, response: WireResponse) => Partial<BodySource>,
  caughtBy: readonly string[],
): Mutant {
  return withResults(
    defect,
    (result) => {
      if (!('ok' in result)) return result
      const { ok } = result
      return { ok: { ...ok, body: { ...bodyMembersOf(ok.body), ...change(ok.body, ok) } } }
    },
    caughtBy,
  )
}

/** What a body delivers, changed on its way. */
export function delivering(
  body: BodySource,
  change: (receiver: BodyReceiver) => Partial<BodyReceiver>,
): Partial<BodySource> {
  return {
    start: (receiver) =>
      body.start({
        data: (chunk) => receiver.data(chunk),
        end: () => receiver.end(),
        fail: (error) => receiver.fail(error),
        ...change(receiver),
      }),
  }
}

export type Send = NonNullable<Backend['send']>

/** The good backend that sends otherwise. */
export function withSend(
  defect: string,
  change: (send: Send, context: BackendContext) => Send,
  caughtBy: readonly string[],
): Mutant {
  return withBackend(
    defect,
    (backend, { context }) => ({ send: change(membersOf(backend).send, context) }),
    caughtBy,
  )
}

/** The good backend whose streams decode to other parts. `state` is made anew for each stream. */
export function withParts(
  defect: string,
  changeFor: () => (parts: readonly StreamPart[]) => readonly StreamPart[],
  caughtBy: readonly string[],
): Mutant {
  const streamDecoder: Dialect['chat']['streamDecoder'] = (framing) => {
    const decoder = openaiChat.chat.streamDecoder(framing)
    const change = changeFor()
    return { push: (chunk) => change(decoder.push(chunk)), end: () => change(decoder.end()) }
  }
  const dialect: Dialect = { ...openaiChat, chat: { ...openaiChat.chat, streamDecoder } }
  return withDialect(defect, dialect, caughtBy)
}

/** The good backend with another dialect. */
function withDialect(defect: string, dialect: Dialect, caughtBy: readonly string[]): Mutant {
  class Mutated extends TinyBackend {
    protected override readonly dialect = dialect
  }
  return withPlugin(
    defect,
    { create: (options, context) => new Mutated(options, context) },
    caughtBy,
  )
}

function membersOf(backend: Backend): Backend & { readonly send: Send } {
  const { send } = backend
  if (send === undefined) throw new TypeError('the good backend can send')
  return {
    operations: backend.operations,
    targets: backend.targets,
    handling: (head, call) => backend.handling(head, call),
    send: (request, context) => send.call(backend, request, context),
    models: async (context) => (await backend.models?.(context)) ?? [],
    probe: async (target, context) => await backend.probe?.(target, context),
    dispose: async () => await backend.dispose?.(),
  }
}

function bodyMembersOf(body: BodySource): BodySource {
  return {
    start: (receiver) => body.start(receiver),
    pause: () => body.pause(),
    resume: () => body.resume(),
    cancel: (reason) => body.cancel(reason),
  }
}
