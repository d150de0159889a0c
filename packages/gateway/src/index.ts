export type {
  FrontendRoute,
  FrontendScope,
  GatewayHost,
  ServedCall,
} from './gateway-host.ts'
export {
  type GatewayPluginOptions,
  gatewayPlugin as default,
  type HttpOptions,
} from './gateway-plugin.ts'
export type { ModelsShape, SharedRequest } from './models-shape.ts'
export type { ErrorForm, ErrorShape } from './plain-error.ts'
export { type ServerOptions, serverOptions } from './server-options.ts'
export { streamsBody } from './streams-body.ts'
