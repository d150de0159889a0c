export type {
  AttemptContext,
  Backend,
  BackendContext,
  BackendPlugin,
  Dispatched,
  DispatchOptions,
  Handling,
  Model,
  ModelCapability,
  NetworkDefaults,
  ProbeContext,
  Timeouts,
  VirtualContext,
  WireRequest,
  WireResponse,
  WireResult,
} from './backend.ts'
export {
  type AnswerSink,
  type BodyReceiver,
  type BodySource,
  type Headers,
  headerValue,
} from './body.ts'
export type {
  Call,
  CallHead,
  CallInput,
  CallView,
  Framing,
  Operation,
  PickedBy,
  Principal,
} from './call.ts'
export { Collector } from './chat/collect.ts'
export type * from './chat/content.ts'
export type * from './chat/embeddings.ts'
export type { Finish, FinishReason } from './chat/finish-reason.ts'
export type { OpaqueState, StateOrigin } from './chat/opaque-state.ts'
export {
  type CallParameters,
  type ReasoningEffort,
  reasoningEfforts,
  type Verbosity,
  verbosities,
} from './chat/parameters.ts'
export type * from './chat/request.ts'
export type { ChatResponse } from './chat/response.ts'
export { responseParts } from './chat/response-parts.ts'
export * from './chat/stream-part.ts'
export type { TokenCount } from './chat/token-count.ts'
export { type AttributedUsage, addUsage, type Usage, type UsageSource } from './chat/usage.ts'
export { type Clock, systemClock, type Timer } from './clock.ts'
export {
  type BackendConfig,
  type CallLimits,
  type ClientKey,
  defaultLimits,
  defaultNetwork,
  type GatewayConfig,
} from './config.ts'
export { createGateway, type GatewayOptions } from './create-gateway.ts'
export type {
  AnswerStorage,
  ByteRange,
  ChatCodec,
  ConversationSpans,
  Dialect,
  EncodeContext,
  EncodedError,
  EncodedRequest,
  MessageSpan,
  PathRequest,
  RawAnswer,
  RequestChanges,
  SpanOptions,
  StateAccess,
  StoredReply,
  StreamDecoder,
  StreamEncoder,
  StreamValidator,
  Tap,
  TapEnding,
  TapOptions,
  TapReport,
  TextSpan,
  UnaryCodec,
} from './dialect.ts'
export type {
  BodyPatch,
  ConversationEdit,
  MessageRemoval,
  RequestEdit,
  TextEdit,
  TextRemoval,
} from './edit.ts'
export { type ErrorCode, type ErrorPolicy, errorPolicies } from './errors/codes.ts'
export {
  GatewayError,
  type GatewayErrorOptions,
  isGatewayError,
  type Recovery,
  toGatewayError,
  type UpstreamInfo,
} from './errors/gateway-error.ts'
export type { EventBus } from './event-bus.ts'
export type * from './events.ts'
export type * from './explanation.ts'
export type * from './gateway.ts'
export { type BodyEditor, createBodyEditor } from './json/body-editor.ts'
export {
  arrayElements,
  type JsonElement,
  member,
  objectElements,
  objectMembers,
  readBoolean,
  readNumber,
  readString,
  readValue,
} from './json/read.ts'
export { type JsonDocument, type ScanOptions, scanDocument } from './json/scan.ts'
export { JsonScanError } from './json/scan-error.ts'
export type { JsonKind, JsonMember, JsonValueSpan } from './json/span.ts'
export { applySplices, cut, replaceValue, type Splice, spliceParts } from './json/splice.ts'
export { stringRange } from './json/string-offset.ts'
export { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from './json-value.ts'
export { type Logger, silentLogger } from './log.ts'
export { createMemoryStateStore, scopeStateStore } from './memory-state-store.ts'
export type { Outcome, Route } from './outcome.ts'
export type {
  PartTransform,
  Stage,
  StageContext,
  StageFactory,
  StageReply,
} from './pipeline/stage.ts'
export { type BreakerRules, defaultBreakerRules } from './pool/breaker.ts'
export { defaultRetryRules, type RetryRules } from './pool/retry-budget.ts'
export type {
  CallFeatures,
  Candidate,
  PlacementEvent,
  Strategy,
  StrategyFactory,
} from './pool/strategy.ts'
export {
  type Credential,
  fixedTargets,
  type PoolDefaults,
  type Target,
  type TargetSource,
} from './pool/target.ts'
export {
  type FailoverPolicy,
  type FailoverRoute,
  type FailoverRoutes,
  failoverPolicies,
} from './routing/failover-route.ts'
export { type ModelAlias, modelAliasProblem } from './routing/model-aliases.ts'
export {
  type BackendRank,
  type ModelPreference,
  modelPreferences,
} from './routing/model-preference.ts'
export type { Branch, Plan, PlannedLeaf } from './routing/plan.ts'
export type {
  InspectedRequest,
  RoutableBackend,
  RoutingInspector,
} from './routing/routing-inspector.ts'
export { formatSelector, parseSelector } from './routing/selector.ts'
export type * from './routing/selector-types.ts'
export { isSecret, type NamedSecret, Secret } from './secret.ts'
export { Slots } from './slots.ts'
export {
  createSseFramer,
  type SseEvent,
  type SseFramer,
  type SseFramerOptions,
  SseSizeError,
} from './sse/framer.ts'
export { createFrameLocator, type FrameLocator, type FrameLocatorOptions } from './sse/locate.ts'
export { createTail, type StreamTail, tailEvents } from './sse/tail.ts'
export { sseComment, sseData, sseEvent } from './sse/write.ts'
export type { StateAge, StateChange, StateStore } from './state-store.ts'
