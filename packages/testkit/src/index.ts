export type { BackendCapabilities } from './contract/capabilities.ts'
export { describeBackend } from './contract/describe-backend.ts'
export type {
  DescribeBackendOptions,
  FakeAddress,
  FakeSetup,
  ProviderFake,
  ProviderFixture,
} from './contract/options.ts'
export { MemorySink } from './contract/rig/memory-sink.ts'
export { createTestClock, type TestClock } from './contract/rig/test-clock.ts'
export { type CheckResult, type RunChecksOptions, runChecks } from './contract/run-checks.ts'
export type {
  AnthropicAnswer,
  AnthropicBlock,
  AnthropicMessageStyle,
  AnthropicRedactedThinking,
  AnthropicText,
  AnthropicThinking,
  AnthropicToolUse,
  AnthropicUsage,
  AnthropicWholeBlock,
} from './fake/anthropic/anthropic-answer.ts'
export { anthropicMessage } from './fake/anthropic/anthropic-message.ts'
export { type AnthropicStreamStyle, anthropicStream } from './fake/anthropic/anthropic-stream.ts'
export type { AnthropicRuleId } from './fake/anthropic/check-request.ts'
export { anthropicDefaultAnswer } from './fake/anthropic/default-answer.ts'
export {
  type AnthropicFake,
  type AnthropicFakeOptions,
  startAnthropicFake,
} from './fake/anthropic-messages.ts'
export { type FakeServer, type FakeServerOptions, startFakeServer } from './fake/fake-server.ts'
export type { Gate } from './fake/gate.ts'
export type {
  GeminiAnswer,
  GeminiCallPart,
  GeminiOtherPart,
  GeminiPart,
  GeminiStyle,
  GeminiTextPart,
  GeminiUsage,
} from './fake/gemini/answer.ts'
export type { GeminiRuleId } from './fake/gemini/check-request.ts'
export { defaultGeminiAnswer } from './fake/gemini/default-answer.ts'
export { geminiArray, geminiSse } from './fake/gemini/frames.ts'
export type { GeminiSurface } from './fake/gemini/message-type.ts'
export { geminiChunks, geminiResponse } from './fake/gemini/response.ts'
export { type GeminiFake, type GeminiFakeOptions, startGeminiFake } from './fake/gemini.ts'
export { type InternLMFakeOptions, startInternLMFake } from './fake/internlm.ts'
export type { ListenerMode } from './fake/listener.ts'
export type {
  ChatAnswer,
  ChatStyle,
  ChatToolCall,
  ChatUsage,
  Pieces,
} from './fake/openai/chat-answer.ts'
export { chatCompletion } from './fake/openai/chat-completion.ts'
export { type ChatStreamStyle, chatStream } from './fake/openai/chat-stream.ts'
export type { FakeRuleId } from './fake/openai/check-request.ts'
export { defaultAnswer } from './fake/openai/default-answer.ts'
export type { FakeModel, FakeModels } from './fake/openai/models.ts'
export {
  type OpenAIChatFake,
  type OpenAIChatFakeOptions,
  startOpenAIChatFake,
} from './fake/openai-chat.ts'
export type {
  ReasoningState,
  ResponsesAnswer,
  ResponsesCustomToolCall,
  ResponsesFunctionCall,
  ResponsesItem,
  ResponsesMessage,
  ResponsesRawItem,
  ResponsesReasoning,
  ResponsesStyle,
  ResponsesUsage,
} from './fake/openai-responses/answer.ts'
export type { ResponsesRuleId } from './fake/openai-responses/check-request.ts'
export { defaultResponsesAnswer } from './fake/openai-responses/default-answer.ts'
export { responsesDocument } from './fake/openai-responses/document.ts'
export { type ResponsesStreamStyle, responsesStream } from './fake/openai-responses/stream.ts'
export {
  type ChatSurfaceOptions,
  type OpenAIResponsesFake,
  type OpenAIResponsesFakeOptions,
  startOpenAIResponsesFake,
} from './fake/openai-responses.ts'
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
export { type FrameStyle, sseFrame } from './fake/sse-frame.ts'
export type { KeyBehaviour, KeyPlace, KeyRefusal } from './fake/strict/keys.ts'
export type { ProviderProblem } from './fake/strict/refusal.ts'
export type { JsonObject, Rule } from './fake/strict/rule.ts'
export type { Problem } from './fake/strict/shape.ts'
export type { Timer } from './fake/timer.ts'
export type {
  DialectStep,
  Fault,
  FaultCase,
  FaultDialect,
  FaultErrorKind,
  FaultExpectation,
  FaultLimit,
  FaultPhase,
  FaultScript,
  FaultVariant,
  StreamPiece,
} from './faults/fault.ts'
export { appliesTo, type FaultFilter, faultCase, faultCases, faults } from './faults/faults.ts'
export { type FaultCall, renderFault } from './faults/render-fault.ts'
export { type FaultRenderer, faultAnswerText, faultSecret } from './faults/renderer.ts'
export { type FaultRun, runFault } from './faults/run-fault.ts'
