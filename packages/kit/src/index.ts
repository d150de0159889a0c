export { type BaseUrl, type BaseUrlOptions, parseBaseUrl, requestTarget } from './base-url.ts'
export { type HttpBackendDefinition, httpBackend } from './http-backend.ts'
export { type ModelListing, parseModels } from './models.ts'
export {
  apiKeysOption,
  baseUrlOption,
  type HttpOptions,
  headersOf,
  httpOptions,
  type KeyBackendOptions,
  modelsOf,
  timeoutsOf,
} from './options.ts'
export { speaking, speaksOption } from './speaks.ts'
export type { Envelope, Surface, SurfaceAuth } from './surface.ts'
export type { HttpTarget } from './targets/http-target.ts'
export { type KeyTargetsOptions, keyTargets, type NamedKey } from './targets/key-targets.ts'
export {
  type NamedUrl,
  type UrlTargetOptions,
  urlTarget,
  urlTargets,
} from './targets/url-targets.ts'
export type { Unwrapper } from './transport/unwrapped-body.ts'
