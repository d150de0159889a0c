export { type FakeServer, type FakeServerOptions, startFakeServer } from './fake/fake-server.ts'
export type { Gate } from './fake/gate.ts'
export type { ListenerMode } from './fake/listener.ts'
export type {
  EndState,
  RecordedConnection,
  RecordedRequest,
  RequestState,
} from './fake/recorded-request.ts'
export {
  type Bytes,
  type DelayStep,
  type EndlessStep,
  eventStream,
  type GateStep,
  type Handler,
  type HangStep,
  type HeaderFields,
  type HeadStep,
  type RawStep,
  type Responder,
  reply,
  type Script,
  type ScriptStep,
  type Steps,
  type StopStep,
  type WriteStep,
} from './fake/script.ts'
export type { Timer } from './fake/timer.ts'
