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
export { decodeText, parseJson } from './json-text.ts'
export { asExtensions, extensionsOf, leftoverOf, mergeObjects, withLeftover } from './leftover.ts'
export { madeId } from './made-id.ts'
export { type DataUrl, dataUrl, parseDataUrl, sourceOfUrl } from './media/data-url.ts'
export { audioFormatOf, mediaTypeOfAudio, sniffMediaType } from './media/media-type.ts'
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
export {
  addTextEdits,
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
export { asInvalidRequest, documentOf, scanBody, tryScan } from './request/scan-body.ts'
export { FrameGate } from './tap/frame-gate.ts'
export { OpaqueTap } from './tap/opaque-tap.ts'
export { BodyValidator } from './validate/body-validator.ts'
export { type EventReceiver, StrictEventReader } from './validate/event-reader.ts'
export { checkTexts, isFilledText, isInteger, type Report } from './validate/shape.ts'
