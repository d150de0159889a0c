export { describedSchema } from './described-schema.ts'
export { budgetOfEffort, effortOfBudget } from './effort.ts'
export { classify, type ErrorTables } from './errors/classify.ts'
export {
  decodeErrorAnswer,
  type ErrorCircumstances,
  toGatewayError,
} from './errors/decode-error-answer.ts'
export { parseDuration } from './errors/duration.ts'
export { type ErrorDetails, plainDetails, readErrorDetails } from './errors/error-details.ts'
export { redact } from './errors/redact.ts'
export { retryHint } from './errors/retry-hint.ts'
export { finishOfWord } from './finish-reason.ts'
export { foreignMembers } from './foreign-members.ts'
export { readFunctionTool } from './function-tool.ts'
export { decodeText, parseJson } from './json-text.ts'
export { createKeepAlive } from './keep-alive.ts'
export { asExtensions, extensionsOf, leftoverOf, mergeObjects, withLeftover } from './leftover.ts'
export { madeId } from './made-id.ts'
export { type DataUrl, dataUrl, parseDataUrl, sourceOfUrl } from './media/data-url.ts'
export { audioFormatOf, mediaTypeOfAudio, sniffMediaType } from './media/media-type.ts'
export { legalCallId } from './names/call-ids.ts'
export { isLegalName, type NameRule } from './names/legal-name.ts'
export { madeUpCallId } from './names/made-up-call-id.ts'
export { createToolNames, type ToolNames } from './names/tool-names.ts'
export { toolWord } from './names/tool-word.ts'
export { parseRequest } from './parse-request.ts'
export { at, type Path, pathText } from './path.ts'
export {
  isArray,
  optionalArray,
  optionalBoolean,
  optionalNumber,
  optionalObject,
  optionalString,
  refuse,
  refuseType,
  requireObject,
  requireString,
} from './read-members.ts'
export { refuseContinued } from './refuse-continued.ts'
export { addConversationEdits } from './request/conversation-edits.ts'
export {
  type ContentSpans,
  contentSpans,
  leadingSystem,
  messageSpans,
  partSpan,
  rangeOf,
  spansOfParts,
} from './request/conversation-spans.ts'
export { cutItems } from './request/cut-items.ts'
export {
  applyPatch,
  type Editing,
  isUnset,
  objectMember,
  setMember,
  spliced,
} from './request/edit-body.ts'
export { isTrue, modelOf } from './request/head-members.ts'
export {
  checkConversation,
  checkMembers,
  type MemberRules,
  requireMember,
  wrongMember,
} from './request/member-rules.ts'
export { memberSpan, memberText } from './request/member-spans.ts'
export { asInvalidRequest, documentOf, scanBody, tryScan } from './request/scan-body.ts'
export { isPacked, packStates, unpackStates } from './state/packed-state.ts'
export { type StateItem, statesOf, withoutStates } from './state/state-items.ts'
export { brokenStream } from './stream/broken-stream.ts'
export { eventObject } from './stream/event-object.ts'
export { type BlockKind, StreamBlocks, type StreamBlocksOptions } from './stream/stream-blocks.ts'
export {
  createStreamDecoder,
  type EventSplitter,
  type StreamReader,
} from './stream/stream-decoder.ts'
export { TextTemplate } from './stream/text-template.ts'
export { costOf, namesIn, valueIn } from './tap/body-facts.ts'
export { createTap } from './tap/create-tap.ts'
export { ElementLocator, withoutSeparators } from './tap/element-locator.ts'
export { eventsIn } from './tap/find-stream-end.ts'
export { hasMark } from './tap/marks.ts'
export type { StateListener, StreamFacts, TapRules } from './tap/tap-rules.ts'
export { countOf, sumOf, usageOf } from './usage.ts'
export { BodyValidator } from './validate/body-validator.ts'
export {
  type EventReaderOptions,
  type EventReceiver,
  StrictEventReader,
} from './validate/event-reader.ts'
export { checkTexts, isFilledText, isInteger, type Report } from './validate/shape.ts'
